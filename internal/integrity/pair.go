package integrity

import (
	"context"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/integrity/internal/query"
	"candor/internal/item"
	"candor/internal/similar"
)

// own is what the case's candidate handed in for an item then; names are struck when they are given.
func (in *Integrity) own(ctx context.Context, tx db.Tx, c Case, key string) (text, error) {
	at, err := in.text(ctx, tx, c.Attempt, key)
	if err != nil {
		return at, err
	}
	items, err := query.New(tx).CaseItems(ctx, tx.Org, string(c.ID))
	for _, i := range items {
		if i.Item == key {
			at.body = []byte(i.Body)
		}
	}
	return at, err
}

// files are a text's for a page; redacted says whether names are struck.
func (in *Integrity) files(ctx context.Context, o, key string, t text, redacted bool) (title string, out []similar.File, err error) {
	v, err := in.Assessments.Version(ctx, o, t.version)
	if err != nil {
		return "", nil, err
	}
	it, _, _ := v.Item(key)
	k, ok := it.Kind.(item.Fingerprinter)
	if !ok {
		return "", nil, ErrUnlike
	}
	body := t.body
	if redacted {
		body = it.Kind.Redact(it.Spec, body, t.names)
	}
	return it.Head.Title, texts(k.Documents(it.Spec, body)), nil
}

// BesideFact are both texts of a case's fact, for whoever may load the case. Names are struck. ErrUnlike when there is no such fact, or when
// the other person was erased; ErrCaseMissing.
func (in *Integrity) BesideFact(ctx context.Context, who actor.Actor, id CaseID, n int) (*Pair, Case, error) {
	var p Pair
	var c Case
	var bodies [2]text
	err := in.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if c, _, err = in.loadFor(ctx, tx, who, id); err != nil {
			return err
		}
		if n < 0 || n >= len(c.Facts) || c.Facts[n].Other == "" && c.Facts[n].Source == "" {
			return ErrUnlike
		}
		f := c.Facts[n]
		if bodies[0], err = in.own(ctx, tx, c, f.Item); err != nil || f.Source != "" {
			return err
		}
		other, open, err := in.other(ctx, tx, who, f.Other)
		if err != nil {
			return err
		}
		if !open { // they still have to score the other work
			return ErrUnlike
		}
		p.Code = other
		bodies[1], err = in.text(ctx, tx, f.Other, f.Item)
		return err
	})
	if err != nil {
		return nil, c, err
	}
	f := c.Facts[n]
	p.Likeness = Likeness{Other: f.Other, Source: f.Source, Role: f.Role, Code: p.Code, Outcome: f.Outcome, Expected: f.Expected, Share: f.Share, Identical: f.Same}
	for i := range min(len(f.Mine), len(f.Theirs)) {
		p.Regions = append(p.Regions, similar.Region{A: f.Mine[i], B: f.Theirs[i]})
	}
	if p.Item, p.Sides[0].Files, err = in.files(ctx, who.Org, f.Item, bodies[0], true); err != nil {
		return nil, c, err
	}
	p.Sides[0].Title, p.Sides[1].Title = "Candidate "+string(c.Code), "Another candidate"
	switch {
	case f.Source != "":
		p.Sides[1].Title = f.Source
		p.Sides[1].Files, err = in.source(ctx, who.Org, bodies[0].version, f.Item, f.Source)
	default:
		if p.Code != "" {
			p.Sides[1].Title = "Candidate " + string(p.Code)
		}
		_, p.Sides[1].Files, err = in.files(ctx, who.Org, f.Item, bodies[1], true)
	}
	return &p, c, err
}

// Titles puts the titles of a case's items into a map by their keys.
func (in *Integrity) Titles(ctx context.Context, o string, c Case, into map[string]string) error {
	at, err := in.attemptOf(ctx, o, c)
	if err != nil {
		return err
	}
	v, err := in.Assessments.Version(ctx, o, at.Version)
	if err != nil {
		return err
	}
	for _, f := range c.Facts {
		it, _, _ := v.Item(f.Item)
		into[f.Item] = it.Head.Title
	}
	return nil
}
