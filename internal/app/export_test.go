package app

import (
	"math"

	"candor/internal/web"
)

// Unhurried is Mux without limits of rate: a test asks for everything, many times.
func (a *App) Unhurried() (*web.Mux, error) {
	rates := map[web.Rate]web.Limit{}
	for _, r := range []web.Rate{web.RateRead, web.RateWrite, web.RateSave, web.RateSignIn, web.RateCode, web.RateRun, web.RateUpload, web.RateExport, web.RatePreview, web.RateLive, web.RateAsset, web.RateGit, web.RateAPI} {
		rates[r] = web.Limit{Burst: math.MaxInt32, Per: math.MaxInt32}
	}
	return a.mux(rates)
}
