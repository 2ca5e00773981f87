package integrity

import (
	"context"
	"encoding/json"
	"maps"
	"math"
	"slices"

	"candor/internal/assessment"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/integrity/internal/query"
	"candor/internal/item"
	"candor/internal/similar"
)

// compare compares everything that was submitted to an assessment, item by item.
func (in *Integrity) compare(ctx context.Context, n note) error {
	var ids []string
	err := in.DB.Read(ctx, n.Org, func(tx db.Tx) (err error) {
		ids, err = query.New(tx).Versions(ctx, n.Org, n.Assessment)
		return err
	})
	if err != nil {
		return err
	}
	versions := map[string]*assessment.Version{}
	items := map[string]bool{}
	for _, id := range ids {
		v, err := in.Assessments.Version(ctx, n.Org, assessment.VersionID(id))
		if err != nil {
			return err
		}
		versions[id] = v
		for _, p := range v.Parts {
			for _, i := range p.Items {
				if _, ok := i.Kind.(item.Fingerprinter); ok {
					items[i.Key] = true
				}
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(items)) {
		c, err := in.cohort(ctx, n, key, versions)
		if err != nil {
			return err
		}
		found, err := c.compare(ctx)
		if err != nil {
			return err
		}
		if err := in.keep(ctx, n, key, found); err != nil {
			return err
		}
	}
	return nil
}

// document is a text of a cohort: a submission, or a source.
type document struct {
	attempt, source string
	role            item.SourceRole // of a source
	files           []similar.File
}

// cohort is everything that is compared for one item.
type cohort struct {
	index   *similar.Index
	starter *similar.Starter
	docs    []document
}

func (in *Integrity) cohort(ctx context.Context, n note, key string, versions map[string]*assessment.Version) (*cohort, error) {
	var rows []query.HandedRow
	err := in.DB.Read(ctx, n.Org, func(tx db.Tx) (err error) {
		rows, err = query.New(tx).Handed(ctx, query.HandedParams{OrgID: n.Org, AssessmentID: n.Assessment, Item: key, Limit: Most})
		return err
	})
	if err != nil {
		return nil, err
	}
	var given []similar.File
	sources := map[string]document{}
	byAge := func(a, b *assessment.Version) int { return a.Number - b.Number }
	for _, v := range slices.SortedFunc(maps.Values(versions), byAge) {
		it, _, ok := v.Item(key)
		if !ok {
			continue
		}
		k, ok := it.Kind.(item.Fingerprinter)
		if !ok {
			continue
		}
		for _, s := range k.Sources(it.Spec) {
			if s.Role == item.Starter {
				given = append(given, texts(s.Files)...)
				continue
			}
			sources[s.Name] = document{source: s.Name, role: s.Role, files: texts(s.Files)} // of the newest version
		}
	}
	c := &cohort{index: similar.NewIndex(), starter: similar.NewStarter(given, nil)}
	for _, r := range rows {
		it, _, ok := versions[r.VersionID].Item(key)
		if !ok {
			continue
		}
		k, ok := it.Kind.(item.Fingerprinter)
		if !ok {
			continue
		}
		body, err := item.Fetched(ctx, it.Kind, it.Spec, item.Ref{Org: n.Org, Owner: r.ID, Version: r.VersionID, Item: key}, []byte(r.Body))
		if err != nil {
			return nil, err
		}
		c.add(document{attempt: r.ID, files: texts(k.Documents(it.Spec, body))},
			similar.Document{Name: r.ID, Person: r.CandidateID, At: clock.Time(r.SubmittedAt)})
	}
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		c.add(sources[name], similar.Document{Name: "source " + name, Role: similar.Leaked})
	}
	return c, nil
}

func (c *cohort) add(d document, s similar.Document) {
	s.Files = d.files
	c.docs = append(c.docs, d)
	c.index.Add(c.starter.Print(s, nil))
}

// texts are files in a stable order.
func texts(files map[string]string) []similar.File {
	var out []similar.File
	for _, name := range slices.Sorted(maps.Keys(files)) {
		out = append(out, similar.File{Name: name, Data: []byte(files[name])})
	}
	return out
}

// place is what a likeness is told apart by.
type place struct{ attempt, other, source string }

// findings are what a comparison says: rows, without the item and the instant.
type findings struct {
	compared map[string]query.PutComparisonParams // by attempt
	alike    map[place]query.PutLikenessParams
}

func (c *cohort) compare(ctx context.Context) (findings, error) {
	out := findings{map[string]query.PutComparisonParams{}, map[place]query.PutLikenessParams{}}
	r, err := c.index.Compare(ctx, nil)
	if err != nil {
		return out, err
	}
	others := map[int]int{} // documents with something to compare -> people beside their own
	for _, g := range r.Groups {
		people := map[string]bool{}
		for _, d := range g.Docs {
			if c.docs[d].attempt != "" {
				people[c.index.Prints[d].Person] = true
			}
		}
		for _, d := range g.Docs {
			others[d] = max(0, len(people)-1)
		}
	}
	for i, d := range c.docs {
		if d.attempt == "" {
			continue
		}
		row := query.PutComparisonParams{AttemptID: d.attempt, Others: int64(others[i])}
		switch p := c.index.Prints[i]; {
		case len(p.Skipped) > 0 && p.Exact == 0:
			row.Why = p.Skipped[0].Why
		case p.Exact == 0:
			row.Why = "too little that is not given"
		}
		out.compared[d.attempt] = row
	}
	load := similar.Texts{Load: func(doc int) (*similar.Text, error) { return c.starter.Text(c.docs[doc].files, nil), nil }}
	for _, p := range r.Pairs {
		if p.Outcome == similar.Not {
			continue
		}
		regions, err := load.Regions(r, p)
		if err != nil {
			return out, err
		}
		mirrored := make([]similar.Region, len(regions))
		for i, g := range regions {
			g.A, g.B = g.B, g.A
			mirrored[i] = g
		}
		a, b := c.docs[p.A], c.docs[p.B]
		if err := out.put(a, b, p, p.Share, regions); err != nil {
			return out, err
		}
		if err := out.put(b, a, p, [2]float64{p.Share[1], p.Share[0]}, mirrored); err != nil {
			return out, err
		}
	}
	return out, nil
}

// put notes a likeness on one side; a source has no side.
func (f findings) put(a, b document, p similar.Pair, share [2]float64, regions []similar.Region) error {
	if a.attempt == "" {
		return nil
	}
	raw, err := json.Marshal(regions)
	if err != nil {
		return err
	}
	f.alike[place{a.attempt, b.attempt, b.source}] = query.PutLikenessParams{AttemptID: a.attempt, Other: b.attempt, Source: b.source, Role: string(b.role), Outcome: string(p.Outcome),
		ScorePpm: ppm(p.Score), ExpectedMicro: int64(math.Round(min(p.Expected, 1e6) * 1e6)), SharePpm: ppm(share[0]), OfOtherPpm: ppm(share[1]), Identical: p.Identical, Regions: string(raw)}
	return nil
}

func ppm(share float64) int64 { return int64(math.Round(max(0, min(1, share)) * 1e6)) }

// keep writes what is new or different and removes what is no longer so, also of work that was erased meanwhile.
func (in *Integrity) keep(ctx context.Context, n note, key string, f findings) error {
	return in.DB.Write(ctx, n.Org, func(tx db.Tx) error {
		q := query.New(tx)
		there, err := q.Submitted(ctx, tx.Org, n.Assessment, key)
		if err != nil {
			return err
		}
		compared, alike := f.of(there)
		had, err := q.ComparedIn(ctx, tx.Org, n.Assessment, key)
		if err != nil {
			return err
		}
		for _, r := range had {
			switch w, ok := compared[r.AttemptID]; {
			case !ok:
				err = q.DropComparison(ctx, tx.Org, r.AttemptID, key)
			case w.Others == r.Others && w.Why == r.Why:
				delete(compared, r.AttemptID)
			}
			if err != nil {
				return err
			}
		}
		for _, row := range compared {
			row.OrgID, row.Item, row.At = tx.Org, key, clock.Milli(in.DB.Now())
			if err := q.PutComparison(ctx, row); err != nil {
				return err
			}
		}
		return in.keepAlike(ctx, tx, n, key, alike)
	})
}

func (in *Integrity) keepAlike(ctx context.Context, tx db.Tx, n note, key string, alike map[place]query.PutLikenessParams) error {
	q := query.New(tx)
	had, err := q.LikeIn(ctx, tx.Org, n.Assessment, key)
	if err != nil {
		return err
	}
	for _, r := range had {
		at := place{r.AttemptID, r.Other, r.Source}
		same := query.PutLikenessParams{AttemptID: r.AttemptID, Other: r.Other, Source: r.Source, Role: r.Role, Outcome: r.Outcome, ScorePpm: r.ScorePpm, ExpectedMicro: r.ExpectedMicro,
			SharePpm: r.SharePpm, OfOtherPpm: r.OfOtherPpm, Identical: r.Identical, Regions: r.Regions}
		switch w, ok := alike[at]; {
		case !ok:
			err = q.DropLikeness(ctx, query.DropLikenessParams{OrgID: tx.Org, AttemptID: r.AttemptID, Item: key, Other: r.Other, Source: r.Source})
		case w == same:
			delete(alike, at)
		}
		if err != nil {
			return err
		}
	}
	for _, row := range alike {
		row.OrgID, row.Item = tx.Org, key
		if err := q.PutLikeness(ctx, row); err != nil {
			return err
		}
	}
	return nil
}

// of are those findings that are about the given submissions; a closure of the database may run twice, so f stays as it is.
func (f findings) of(there []string) (compared map[string]query.PutComparisonParams, alike map[place]query.PutLikenessParams) {
	is := map[string]bool{"": true} // a source has no submission
	for _, a := range there {
		is[a] = true
	}
	compared, alike = maps.Clone(f.compared), maps.Clone(f.alike)
	maps.DeleteFunc(compared, func(a string, _ query.PutComparisonParams) bool { return !is[a] })
	maps.DeleteFunc(alike, func(at place, _ query.PutLikenessParams) bool { return !is[at.attempt] || !is[at.other] })
	return compared, alike
}
