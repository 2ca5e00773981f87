package response

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/response/internal/query"
)

// Step is one state of an answer on a walk through all of them.
type Step struct {
	N        int64
	Standing Standing
	Body     []byte
	Received time.Time // zero: its time is not kept any more
	Posted   bool      // it came as a whole page by a button, and not as it was typed
}

// near is how many bodies a walk remembers: what deltas mostly stand on.
const near = 64

// Walk gives each state of an answer in order, made of the stored deltas on the way; nothing of it is kept. An error of fn ends it and comes back.
func Walk(ctx context.Context, tx db.Tx, owner, item string, fn func(Step) error) error {
	w := walker{owner: owner, item: item, bodies: map[int64][]byte{}}
	for after := int64(0); ; {
		rows, err := query.New(tx).Walk(ctx, query.WalkParams{OrgID: tx.Org, Owner: owner, Item: item, After: after})
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			body, err := w.body(ctx, tx, r)
			if err != nil {
				return err
			}
			if err := fn(Step{r.N, Standing(r.Standing), body, clock.Time(r.ReceivedAt), strings.HasPrefix(r.Client, FormClient)}); err != nil {
				return err
			}
			after = r.N
		}
	}
}

type walker struct {
	owner, item string
	bodies      map[int64][]byte // of the newest states
}

func (w walker) body(ctx context.Context, tx db.Tx, r query.WalkRow) (body []byte, err error) {
	before, remembered := w.bodies[r.Base]
	switch {
	case r.Base == 0:
		body = []byte(r.Body)
	case !remembered:
		body, err = whole(ctx, tx, link{w.owner, w.item, r.N, r.Base, r.Keyframe, r.Sha256}, r.Body)
	default:
		var ops []Op
		if err = json.Unmarshal([]byte(r.Body), &ops); err == nil {
			body, err = apply(before, ops)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("response: state %d of %s of %s: %w", r.N, w.item, w.owner, err)
	}
	w.bodies[r.N] = body
	delete(w.bodies, r.N-near)
	return body, nil
}
