package app

import (
	"errors"

	"candor/internal/load"
	"candor/internal/web"
)

// admit lets what can wait find out that there is little room or much to do. What a candidate asks to be run is taken all the
// same while there is much to do: it stands in its queue until there is less.
func (a *App) admit(rate web.Rate) error {
	switch rate {
	case web.RateExport:
		return errors.Join(a.Disk.Admit(), a.Load.Admit(load.Export))
	case web.RatePreview:
		return a.Load.Admit(load.Preview)
	case web.RateRun:
		return a.Disk.Admit()
	case web.RateUpload:
		return errors.Join(a.Disk.Admit(), a.Load.Admit(load.Upload))
	}
	return nil
}

// admitRun is not nil while nothing should be run.
func (a *App) admitRun() error {
	return errors.Join(a.Disk.Admit(), a.Load.Admit(load.Run))
}
