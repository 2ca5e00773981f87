package cli

import (
	"context"
	"os"

	"candor/internal/app"
)

// JudgeWorker is how a server starts its judge in a process of its own; people do not call it.
type JudgeWorker struct {
	Cache     string `arg:""`
	AllowWeak bool   `arg:""`
}

// Run serves tasks on standard input until it ends. An interrupt of the terminal is the server's to hear.
func (w *JudgeWorker) Run(e *env) error {
	return app.Worker(context.WithoutCancel(e.ctx), w.Cache, w.AllowWeak, os.Stdin, os.Stdout)
}
