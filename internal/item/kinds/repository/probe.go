package repository

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"candor/internal/db"
	"candor/internal/git"
	"candor/internal/item"
	"candor/internal/probe"
	"candor/internal/repo"
)

// How much of a history is looked at for probes: the newest commits, and of each so many files.
const (
	maxProbed      = 30
	maxProbedFiles = 20
)

// Probes are made from the commits and from what counts.
func (k Kind) Probes(ctx context.Context, _ db.Tx, ref item.Ref, s item.Spec, body []byte) ([]probe.Probe, error) {
	q := s.(*spec)
	st, err := k.standing(ctx, ref)
	if errors.Is(err, repo.ErrMissing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	states, err := k.states(ctx, st, q.starter)
	if err != nil {
		return nil, err
	}
	body, err = k.Fetch(ctx, ref, s, body)
	if err != nil {
		return nil, err
	}
	return q.probes(states, read(body)), nil
}

// probes are those of what counts, with the states that commits made before it.
func (s *spec) probes(states []map[string]string, a answer) []probe.Probe {
	sent := map[string]string{}
	for name, f := range s.current(a) {
		if !f.binary {
			sent[name] = f.text
		}
	}
	if len(states) == 0 || !maps.Equal(states[len(states)-1], sent) {
		states = append(states, sent)
	}
	if maps.Equal(sent, s.starter) {
		return nil
	}
	return probe.Work{Given: s.starter, States: states, Moment: "commit", Tests: func(name string) bool { return s.protects(name) || tests(name) }}.Find()
}

// states are the files after each of the newest commits, oldest first, as far as they differ from the starter in texts.
func (k Kind) states(ctx context.Context, st standing, starter tree) ([]map[string]string, error) {
	list, _, err := k.Repos.Log(ctx, st.Repository, string(st.commit), git.LogOptions{Not: st.Base, Max: maxProbed})
	if err != nil {
		return nil, err
	}
	files := map[string]string(starter)
	var out []map[string]string
	for _, c := range slices.Backward(list) {
		if len(c.Parents) == 0 {
			continue
		}
		d, err := k.Repos.Diff(ctx, st.Repository, string(c.Parents[0]), string(c.Hash), git.DiffOptions{Context: -1, MaxLines: maxDiff, MaxFiles: maxProbedFiles})
		if err != nil {
			return nil, err
		}
		files = maps.Clone(files)
		for _, f := range d.Files {
			delete(files, f.Old)
			name := cmp.Or(f.New, f.Old)
			if string(f.Status) == "D" {
				continue
			}
			got, err := k.Repos.File(ctx, st.Repository, string(c.Hash), name, maxShown)
			if err != nil {
				return nil, err
			}
			if !got.Binary && utf8.Valid(got.Data) {
				files[name] = string(got.Data)
			}
		}
		out = append(out, files)
	}
	return out, nil
}

// tests says whether a file is one of tests, by the names that languages have for them.
func tests(name string) bool {
	base, ext := path.Base(name), path.Ext(name)
	stem := strings.TrimSuffix(base, ext)
	return strings.HasSuffix(stem, "_test") || strings.HasPrefix(stem, "test_") || strings.HasSuffix(stem, ".test") || strings.HasSuffix(stem, ".spec") ||
		strings.HasSuffix(stem, "_spec") || strings.HasSuffix(stem, "Test") || strings.HasPrefix(name, "tests/") || strings.Contains(name, "/tests/")
}
