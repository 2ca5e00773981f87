package sandbox

import (
	"errors"

	"candor/internal/problem"
)

// ErrLayer refuses to run anything behind fewer walls than decided. An operator may allow it (ns.Options.AllowWeak); every Report then names
// what was missing.
var ErrLayer = problem.New(problem.Unavailable, "sandbox_layer", "This machine cannot run code safely: a layer of the sandbox is missing. `candor doctor` says which, and what to do.")

// ErrArtefact refuses to read something that is not a regular file of acceptable size.
var ErrArtefact = problem.New(problem.Invalid, "artefact_rejected", "The program left something there that is not an ordinary file, or is too large.")

// ErrGone says that the slot's init is dead: its submission starts again in another one.
var ErrGone = errors.New("sandbox: the slot is gone")
