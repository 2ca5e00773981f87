package opening

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening/internal/query"
	"candor/internal/problem"
)

// What a tag may be.
const (
	MaxTag  = 30 // characters
	MaxTags = 10 // on one application
)

// ErrTags: there is no room for another.
var ErrTags = problem.New(problem.Conflict, "tags_full", "This application has ten tags already. Take one off first.")

// ReadTag is a tag as it is kept: one line in lower case, without spaces around or doubled. ErrInvalid on tag.
func ReadTag(typed string) (string, error) {
	tag := strings.ToLower(strings.Join(strings.Fields(typed), " "))
	switch {
	case tag == "":
		return "", problem.Field("tag", "Write a word or two.")
	case len([]rune(tag)) > MaxTag:
		return "", problem.Field("tag", "A tag is up to 30 characters.")
	case strings.ContainsFunc(tag, unicode.IsControl):
		return "", problem.Field("tag", "There is a character in it that we cannot read.")
	}
	return tag, nil
}

// Tag sticks a word on an application, or with on false takes it off; it changes nothing when that is so already. For those who run
// or decide the opening and know the name. ErrMissing, ErrRole, ErrTags, ErrInvalid.
func (os *Openings) Tag(ctx context.Context, who actor.Actor, a ApplicationID, tag string, on bool) error {
	tag, err := ReadTag(tag)
	if err != nil {
		return err
	}
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		if _, err := q.HoldApplication(ctx, tx.Org, string(a)); err != nil {
			return err
		}
		app, err := os.LoadApplicationIn(ctx, tx, who, a)
		switch {
		case err != nil:
			return err
		case app.Blind || !app.Opening.MayManage(who) && !app.Opening.MayDecide(who):
			return ErrRole
		}
		now := os.DB.Now()
		var n int64
		if on {
			n, err = q.AddTag(ctx, query.AddTagParams{OrgID: tx.Org, ApplicationID: string(a), Tag: tag, OpeningID: string(app.Opening.ID), TaggedAt: clock.Milli(now), TaggedBy: who.ID})
		} else {
			n, err = q.DropTag(ctx, tx.Org, string(a), tag)
		}
		if err != nil || n == 0 {
			return err
		}
		if count, err := q.TagCount(ctx, tx.Org, string(a)); err != nil || count > MaxTags {
			return cmp.Or(err, error(ErrTags))
		}
		verb := "application.untag"
		if on {
			verb = "application.tag"
		}
		return audit.Record(ctx, tx, now, who, verb, string(a), nil)
	})
}

// TagsOf are the tags of some applications, in the order of the alphabet: one query for a page of a board.
func (os *Openings) TagsOf(ctx context.Context, tx db.Tx, apps []ApplicationID) (map[ApplicationID][]string, error) {
	out := map[ApplicationID][]string{}
	for some := range slices.Chunk(apps, together) {
		list, args := db.List([]any{tx.Org}, some)
		rows, err := tx.QueryContext(ctx, `SELECT application_id, tag FROM application_tags WHERE org_id = $1 AND application_id IN (`+list+`) ORDER BY application_id, tag`, args...)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var a ApplicationID
			var tag string
			if err := rows.Scan(&a, &tag); err != nil {
				return nil, err
			}
			out[a] = append(out[a], tag)
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// KnownTags are those of an opening's applications, at most 100.
func (os *Openings) KnownTags(ctx context.Context, tx db.Tx, o ID) ([]string, error) {
	rows, err := query.New(tx).KnownTags(ctx, tx.Org, string(o))
	var out []string
	for _, r := range rows {
		out = append(out, r.Tag)
	}
	return out, err
}
