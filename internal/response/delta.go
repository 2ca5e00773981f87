package response

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"candor/internal/db"
	"candor/internal/response/internal/query"
)

// A chain of deltas is at most so long, and at most so many bytes of them follow a whole version; reading the last of a chain makes at most so
// many bytes of versions on the way.
const (
	chainMost  = 50
	chainBytes = 64 << 10
	chainWork  = 8 << 20
)

// Op replaces Del units at At of a version by Ins. Units are UTF-16, as JavaScript counts.
type Op struct {
	At  int    `json:"at"`
	Del int    `json:"del"`
	Ins string `json:"ins"`
}

// errOps are ops that do not fit the version they are said to change.
var errOps = errors.New("response: the ops do not fit the version")

// apply makes a version of the one before; ops are in order and do not overlap. errOps.
func apply(before []byte, ops []Op) ([]byte, error) {
	var out bytes.Buffer
	rest, at := before, 0
	skip := func(units int) ([]byte, bool) {
		i := 0
		for units > 0 && i < len(rest) {
			if rest[i] < utf8.RuneSelf {
				i, units = i+1, units-1
				continue
			}
			r, size := utf8.DecodeRune(rest[i:])
			i, units = i+size, units-1
			if r > 0xFFFF {
				units-- // a pair; below zero where an op would cut it
			}
		}
		skipped := rest[:i]
		rest = rest[i:]
		return skipped, units == 0
	}
	for _, o := range ops {
		same, ok := skip(o.At - at)
		if !ok || o.At < at || o.Del < 0 {
			return nil, errOps
		}
		if _, ok := skip(o.Del); !ok {
			return nil, errOps
		}
		out.Write(same)
		out.WriteString(o.Ins)
		at = o.At + o.Del
	}
	out.Write(rest)
	return out.Bytes(), nil
}

// base is the version that a delta changes, and the chain it stands in.
type base struct {
	n, keyframe int64
	long, bytes int // deltas since the whole version, and their bytes
}

// Complete makes the bodies of those saves of an owner that came as ops on a version of their writer's. Where that version is not here, or what
// comes of it is not what the writer hashed, the save is Unfit: the writer sends it whole.
func Complete(ctx context.Context, tx db.Tx, remembered *Bodies, owner string, saves []Save) (out []Save, err error) {
	out = slices.Clone(saves)
	for i, s := range out {
		if s.Ops == nil {
			continue
		}
		if out[i].Body, out[i].on, err = complete(ctx, tx, remembered, owner, s); err != nil {
			return nil, err
		}
		out[i].Unfit = out[i].on == nil
	}
	return out, nil
}

// complete is the body of a save and what it stands on; nil and nil where it does not fit.
func complete(ctx context.Context, tx db.Tx, remembered *Bodies, owner string, s Save) ([]byte, *base, error) {
	row, err := query.New(tx).Base(ctx, query.BaseParams{OrgID: tx.Org, Owner: owner, Item: s.Item, Client: s.Client, Seq: s.Base})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	b := &base{n: row.N, keyframe: row.Keyframe}
	var before []byte
	k, ok := remembered.version(writerOf{tx.Org, owner, s.Item, s.Client}, s.Base)
	switch ok = ok && k.n == row.N && k.sha256 == row.Sha256; {
	case ok:
		before = k.body
		if row.Base != 0 {
			b.long, b.bytes = k.long, k.bytes
		}
	case row.Base == 0:
		stored, err := query.New(tx).BodyN(ctx, query.BodyNParams{OrgID: tx.Org, Owner: owner, Item: s.Item, N: row.N})
		if err != nil {
			return nil, nil, err
		}
		before = []byte(stored)
	default:
		if before, b.long, b.bytes, err = chained(ctx, tx, link{owner, s.Item, row.N, row.Base, row.Keyframe, row.Sha256}); err != nil {
			return nil, nil, err
		}
	}
	if row.Base == 0 {
		b.keyframe = row.N
	}
	body, err := apply(before, s.Ops)
	if err != nil || Hash(body) != s.SHA256 {
		return nil, nil, nil
	}
	return body, b, nil
}

// Shaped is the save with another body, which is stored whole.
func (s Save) Shaped(body []byte) Save {
	if !bytes.Equal(body, s.Body) {
		s.Body, s.SHA256, s.on = body, "", nil
	}
	return s
}

// delta is what is stored of a save on a version that is here; false where the whole is better.
func (s Save) delta() ([]byte, bool) {
	if s.on == nil || s.on.long+1 > chainMost || (s.on.long+1)*len(s.Body) > chainWork {
		return nil, false
	}
	raw, err := json.Marshal(s.Ops)
	return raw, err == nil && len(raw) <= len(s.Body)/2 && s.on.bytes+len(raw) <= chainBytes
}

// link is a stored delta's place: the n-th state of an answer, on the base-th, in the chain that begins with the keyframe-th.
type link struct {
	owner, item       string
	n, base, keyframe int64
	sha256            string
}

// whole is the body of a row as it was saved.
func whole(ctx context.Context, tx db.Tx, l link, stored string) ([]byte, error) {
	if l.base == 0 {
		return []byte(stored), nil
	}
	body, _, _, err := chained(ctx, tx, l)
	return body, err
}

// chained makes the body of a delta of those it stands on; long and size are the number of deltas on the way and their bytes.
func chained(ctx context.Context, tx db.Tx, l link) (body []byte, long, size int, err error) {
	rows, err := query.New(tx).Chain(ctx, query.ChainParams{OrgID: tx.Org, Owner: l.owner, Item: l.item, Keyframe: l.keyframe, N: l.n})
	if err != nil {
		return nil, 0, 0, err
	}
	at := map[int64]query.ChainRow{}
	for _, r := range rows {
		at[r.N] = r
	}
	var way []query.ChainRow // from the newest down to one that is whole
	for n := l.n; ; {
		r, ok := at[n]
		if !ok {
			return nil, 0, 0, fmt.Errorf("response: state %d of %s of %s stands on state %d, which is not there", l.n, l.item, l.owner, n)
		}
		way = append(way, r)
		if n = r.Base; n == 0 {
			break
		}
	}
	slices.Reverse(way)
	body = []byte(way[0].Body)
	for _, r := range way[1:] {
		var ops []Op
		if err := json.Unmarshal([]byte(r.Body), &ops); err != nil {
			return nil, 0, 0, fmt.Errorf("response: state %d of %s of %s: %w", r.N, l.item, l.owner, err)
		}
		if body, err = apply(body, ops); err != nil {
			return nil, 0, 0, fmt.Errorf("response: state %d of %s of %s: %w", r.N, l.item, l.owner, err)
		}
		long, size = long+1, size+len(r.Body)
	}
	if Hash(body) != l.sha256 {
		return nil, 0, 0, fmt.Errorf("response: state %d of %s of %s is not what was saved", l.n, l.item, l.owner)
	}
	return body, long, size, nil
}

// Fix stores a revision whole, if it is kept as a delta: what was submitted stands by itself.
func Fix(ctx context.Context, tx db.Tx, r Revision) error {
	if !r.delta {
		return nil
	}
	_, err := query.New(tx).Fix(ctx, string(r.Body), tx.Org, r.ID)
	return err
}
