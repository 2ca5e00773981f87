package attempt

import (
	"context"
	"errors"
	"slices"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/response"
)

// hosted are the items of a part whose answers stand in repositories.
func hosted(p assessment.Part) (out []assessment.PartItem) {
	for _, it := range p.Items {
		if _, ok := it.Kind.(item.Hoster); ok {
			out = append(out, it)
		}
	}
	return out
}

// held are the items of a part of whose answers something stands beside the body.
func held(p assessment.Part) (out []assessment.PartItem) {
	for _, it := range p.Items {
		if _, ok := it.Kind.(item.Holder); ok {
			out = append(out, it)
		}
	}
	return out
}

func refOf(o string, a Attempt, s SittingID, key string) item.Ref {
	return item.Ref{Org: o, Owner: string(a.ID), Version: string(a.Version), Item: key, Sitting: string(s)}
}

// partOf is a part of the asking candidate's attempt; one without items where there is none of this key. ErrMissing.
func (as *Attempts) partOf(ctx context.Context, who actor.Actor, part string) (Attempt, assessment.Part, error) {
	a, err := as.Mine(ctx, who)
	if err != nil {
		return a, assessment.Part{}, err
	}
	v, err := as.Whole(ctx, who.Org, a)
	if err != nil {
		return a, assessment.Part{}, err
	}
	p, _ := v.Part(part)
	return a, p, nil
}

// FirstItem is the key of the first item of a part of the asking candidate's attempt. ErrMissing.
func (as *Attempts) FirstItem(ctx context.Context, who actor.Actor, part string) (string, error) {
	_, p, err := as.partOf(ctx, who, part)
	if err == nil && len(p.Items) == 0 {
		err = ErrMissing
	}
	if err != nil {
		return "", err
	}
	return p.Items[0].Key, nil
}

// prepare makes what repositories of a part begin with, before the transaction that starts it.
func (as *Attempts) prepare(ctx context.Context, who actor.Actor, part string) (assessment.Part, error) {
	a, p, err := as.partOf(ctx, who, part)
	if err != nil {
		return p, err
	}
	for _, it := range hosted(p) {
		if err := it.Kind.(item.Hoster).Prepare(ctx, item.Ref{Org: who.Org, Version: string(a.Version), Item: it.Key}, it.Spec); err != nil {
			return p, err
		}
	}
	return p, nil
}

// host makes the repositories of a part that begins.
func (as *Attempts) host(ctx context.Context, tx db.Tx, a Attempt, p assessment.Part, s SittingID) error {
	for _, it := range hosted(p) {
		if err := it.Kind.(item.Hoster).Host(ctx, tx, refOf(tx.Org, a, s, it.Key), it.Spec); err != nil {
			return err
		}
	}
	return nil
}

// hand fixes what counts of a part's repositories: what was received until it ended.
func (as *Attempts) hand(ctx context.Context, tx db.Tx, a Attempt, p assessment.Part, s Sitting) error {
	until := as.DB.Now()
	if hard := s.Clock.Hard(); until.After(hard) {
		until = hard
	}
	for _, it := range hosted(p) {
		if err := it.Kind.(item.Hoster).Hand(ctx, tx, refOf(tx.Org, a, s.ID, it.Key), until); err != nil {
			return err
		}
	}
	return nil
}

// note keeps an empty answer where everything stands beside the body, so that there is one to count, to read and to compare.
func (as *Attempts) note(ctx context.Context, tx db.Tx, a Attempt, p assessment.Part, s Sitting) error {
	list := held(p)
	if len(list) == 0 {
		return nil
	}
	answers, err := response.Current(ctx, tx, string(a.ID))
	if err != nil {
		return err
	}
	for _, it := range list {
		if _, ok := answers[it.Key]; ok {
			continue
		}
		yes, err := it.Kind.(item.Holder).Touched(ctx, tx, refOf(tx.Org, a, s.ID, it.Key))
		if err != nil {
			return err
		}
		if !yes {
			continue
		}
		save := response.Save{Item: it.Key, Client: "repository", Seq: int64(s.Epoch), Epoch: s.Takeover, Body: it.Kind.Blank(it.Spec)}
		if _, err := response.Keep(ctx, tx, string(a.ID), save, response.OnTime, as.DB.Now()); err != nil {
			return err
		}
	}
	return nil
}

// touched are the items beside whose bodies something of the candidate's stands.
func (as *Attempts) touched(ctx context.Context, tx db.Tx, a Attempt, v *assessment.Version) (map[string]bool, error) {
	out := map[string]bool{}
	for _, p := range v.Parts {
		for _, it := range held(p) {
			yes, err := it.Kind.(item.Holder).Touched(ctx, tx, refOf(tx.Org, a, "", it.Key))
			if err != nil {
				return nil, err
			}
			out[it.Key] = yes
		}
	}
	return out, nil
}

// KeepPush keeps a commit that was pushed after the end of its part as late work, beside what was submitted: it can be accepted as other late work
// can ([Attempts.AcceptLate]). Nothing happens where the attempt is gone. The part's sitting is held.
func (as *Attempts) KeepPush(ctx context.Context, o string, a ID, itemKey, commit string, received time.Time) error {
	err := as.DB.Write(ctx, o, func(tx db.Tx) error {
		at, err := as.In(ctx, tx, a)
		if err != nil {
			return err
		}
		v, err := as.Assessments.Version(ctx, o, at.Version)
		if err != nil {
			return err
		}
		it, part, ok := v.Item(itemKey)
		if !ok {
			return ErrMissing
		}
		h, ok := it.Kind.(item.Hoster)
		if !ok {
			return ErrMissing
		}
		s, err := as.holdPart(ctx, tx, at, part.Key)
		if err != nil {
			return err
		}
		frozen, err := as.frozen(ctx, tx, at)
		if err != nil {
			return err
		}
		body := it.Kind.Blank(it.Spec)
		if i := slices.IndexFunc(frozen, func(f SubmittedItem) bool { return f.Key == itemKey && f.Body != nil }); i >= 0 {
			body = frozen[i].Body
		}
		if body, err = h.Late(ctx, tx, refOf(o, at, s.ID, itemKey), body, commit); err != nil {
			return err
		}
		_, err = response.Keep(ctx, tx, string(a), response.Save{Item: itemKey, Client: "push " + commit, Seq: 1, Epoch: s.Takeover, Body: body}, response.Late, received)
		return err
	})
	if errors.Is(err, ErrMissing) {
		return nil // erased or voided meanwhile
	}
	return err
}
