package app

import (
	"context"
	"runtime"
	"sync"

	"candor/internal/media"
	"candor/internal/sandbox"
	"candor/internal/sandbox/ns"
)

// studio is this process's engine for recordings, made when the first one comes. It is apart from the judge's: a recording takes minutes of a slot, and no
// candidate's run waits behind it. It has what time the pages and the judge leave: whoever sends waits for neither, and who saves must not wait for it.
type studio struct {
	allowWeak bool

	mu     sync.Mutex
	engine *ns.Engine
}

func (s *studio) open(ctx context.Context) (sandbox.Engine, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.engine != nil {
		return s.engine, nil
	}
	e, err := ns.New(ctx, ns.Options{Slots: max(1, runtime.NumCPU()/4), AllowWeak: s.allowWeak, BoxBytes: media.BoxBytes, Yields: true})
	if err != nil {
		return nil, err
	}
	s.engine = e
	return e, nil
}

// Studio is a studio for commands that need no server; close ends it.
func Studio() (m *media.Studio, close func() error) {
	s := &studio{}
	return &media.Studio{Engine: s.open}, s.Close
}

// Close ends its slots.
func (s *studio) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.engine == nil {
		return nil
	}
	return s.engine.Close()
}
