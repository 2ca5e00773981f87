package opening

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"candor/internal/actor"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/opening/internal/query"
	"candor/internal/problem"
)

// SavedView is a filter under a name.
type SavedView struct {
	ID     string
	Name   string
	Filter Filter
	Shared bool // with everybody who reads the board
	Mine   bool
}

// maxViewName is how long a view's name may be, in characters.
const maxViewName = 40

// SaveView keeps a filter under a name for the asker, in place of an older one of the same name; shared shows it to everybody who
// reads the board. What was typed to find a person is not kept, nor the page. ErrMissing, ErrRole, ErrInvalid.
func (os *Openings) SaveView(ctx context.Context, who actor.Actor, o ID, name string, f Filter, shared bool) error {
	name = strings.Join(strings.Fields(name), " ")
	switch {
	case name == "":
		return problem.Field("name", "Give the view a name.")
	case len([]rune(name)) > maxViewName:
		return problem.Field("name", "This is longer than 40 characters.")
	}
	f.Search, f.Coded, f.After = "", "", ""
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		op, err := os.LoadIn(ctx, tx, who, o)
		if err != nil {
			return err
		}
		if !op.SeesBoard(who) {
			return ErrRole
		}
		now := os.DB.Now()
		_, err = query.New(tx).AddView(ctx, query.AddViewParams{OrgID: tx.Org, ID: id.New("bvw", now), OpeningID: string(o), MemberID: who.ID, Name: name, Filter: f.Values().Encode(), Shared: shared, CreatedAt: clock.Milli(now)})
		return err
	})
}

// DropView forgets a view of the asker's own. ErrMissing.
func (os *Openings) DropView(ctx context.Context, who actor.Actor, view string) error {
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := query.New(tx).DropView(ctx, tx.Org, view, who.ID)
		if err == nil && n == 0 {
			err = ErrMissing
		}
		return err
	})
}

// Views are the asker's own of an opening and the shared ones, by name.
func (os *Openings) Views(ctx context.Context, tx db.Tx, who actor.Actor, o ID) ([]SavedView, error) {
	rows, err := query.New(tx).Views(ctx, tx.Org, string(o), who.ID)
	var out []SavedView
	for _, r := range rows {
		q, _ := url.ParseQuery(r.Filter) // written by us; what cannot be read filters nothing
		out = append(out, SavedView{r.ID, r.Name, ReadFilter(q), r.Shared, r.MemberID == who.ID})
	}
	return out, err
}

// Values are a filter as the values of an address, without the page; empty ones are left out.
func (f Filter) Values() url.Values {
	q := url.Values{}
	for key, value := range map[string]string{"view": string(f.View), "stage": string(f.Stage), "q": f.Search, "tag": f.Tag, "sort": string(f.Sort),
		"least": number(f.Least), "below": number(f.Below), "waited": number(f.Waited)} {
		if value != "" {
			q.Set(key, value)
		}
	}
	return q
}

// ReadFilter reads the values of an address; what is out of range, or too long, filters nothing.
func ReadFilter(q url.Values) Filter {
	f := Filter{View: View(q.Get("view")), Stage: StageID(q.Get("stage")), Search: strings.TrimSpace(q.Get("q")), Tag: q.Get("tag"), Sort: Sort(q.Get("sort")), After: q.Get("after")}
	if r := []rune(f.Search); len(r) > 120 {
		f.Search = string(r[:120])
	}
	if f.Sort != ByMark && f.Sort != Longest && f.Sort != Newest {
		f.Sort = ByTurn
	}
	f.Least, f.Below, f.Waited = within(q.Get("least"), 100), within(q.Get("below"), 100), within(q.Get("waited"), 3650)
	return f
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func within(s string, most int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > most {
		return 0
	}
	return n
}
