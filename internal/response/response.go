// Package response keeps answers: append-only revisions per owner and item, of which one is the present one.
//
// Nothing is refused and nothing is overwritten. A revision says how it stands: on time, late (it arrived after the end; kept
// beside the graded work), or a branch (from a device that had lost the takeover). The same (client, seq) is kept once, however
// often it arrives. Whether the owner may save now is the owner's guarded write; this package is called in its transaction.
package response

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/problem"
	"candor/internal/response/internal/query"
)

//go:embed schema/*.sql
var Schema embed.FS

// Standing says how a revision counts.
type Standing string

const (
	OnTime Standing = "on_time"
	Late   Standing = "late"
	Branch Standing = "branch"
)

// FormClient begins the writer's name of a page that was posted by a button.
const FormClient = "form "

// Save is one version of one answer as it arrives.
type Save struct {
	Item   string
	Client string // the writer: one browser tab, or FormClient and the request for a posted page
	Seq    int64  // rises by one per client and item
	Epoch  int64
	Body   []byte
	SHA256 string // of Body in hex; "" is computed
	// Ops make Body of the version of the same writer with the Seq Base, see Complete. nil: the version came whole.
	Base  int64
	Ops   []Op
	Unfit bool // Complete could not: there is no Body
	on    *base
	// What the writer says of it, kept only of what is late or a branch; zero where nothing is said.
	Typed  time.Time // when it was typed, by the writer's monotonic clock since Heard
	Heard  time.Time // the deciding time that the writer had last heard before
	Device string    // in words: "Firefox on Android"
	// Turn says of a posted page which version it stands for among those of its script; those before it that are still on their way do not
	// become the present one when they arrive. Zero: the version's own Client and Seq.
	Turn Turn
}

// Turn is a place in the order of one writer's versions of an answer.
type Turn struct {
	Client string
	Seq    int64
}

var writer = regexp.MustCompile(`^c_[a-z2-7]{26}$`)

// TurnOf is the turn a posted page says it has, by the protocol of internal/web/ts/outbox.ts; zero without script.
func TurnOf(client, seq string) Turn {
	n, err := strconv.ParseInt(seq, 10, 64)
	if err != nil || n < 1 || !writer.MatchString(client) {
		return Turn{}
	}
	return Turn{Client: client, Seq: n}
}

func (s Save) turn() Turn {
	if s.Turn == (Turn{}) {
		return Turn{s.Client, s.Seq}
	}
	return s.Turn
}

// evidence is when a version was typed as far as it can be true: not after it arrived, and not before its writer had heard from us.
func (s Save) evidence(received time.Time) (typed, heard time.Time) {
	typed, heard = s.Typed, s.Heard
	if typed.After(received) {
		typed = received
	}
	if typed.IsZero() || heard.IsZero() || heard.After(typed) {
		return time.Time{}, time.Time{}
	}
	return typed, heard
}

// Kept is what became of it.
type Kept struct {
	Revision string
	N        int64 // 1, 2, ... per answer
	Standing Standing
	Again    bool // it was here already
	Unfit    bool // it was not kept: its writer sends it whole
	sum      string
	end      base // the chain that it ends
}

// Revision is one state of an answer.
type Revision struct {
	ID       string
	Owner    string
	Item     string
	N        int64
	Standing Standing
	SHA256   string
	Size     int
	Body     []byte // nil in lists
	Received time.Time
	Typed    time.Time // as the writer says; zero: it says nothing, or the version was on time
	Heard    time.Time // what it had last heard from us before
	Device   string
	Settled  bool // a branch that was used or left
	Turn     Turn // the place of a present answer in its writer's order
	delta    bool // it is kept as ops on another
}

var (
	// ErrHash: the bytes are not those the sender hashed; it sends again.
	ErrHash = problem.New(problem.Invalid, "save_hash", "This version was damaged on its way. It is kept on your device and sent again by itself.")
	// ErrMissing: no such revision of this owner.
	ErrMissing = problem.New(problem.Missing, "revision_missing", "There is no such version of this answer.")
)

// Hash is SHA-256 in hex.
func Hash(body []byte) string {
	h := sha256.Sum256(body)
	return hex.EncodeToString(h[:])
}

// Keep keeps one version in the caller's transaction, whose guarded write decided the standing. ErrHash.
func Keep(ctx context.Context, tx db.Tx, owner string, s Save, standing Standing, received time.Time) (Kept, error) {
	sum := Hash(s.Body)
	if s.SHA256 != "" && s.SHA256 != sum {
		return Kept{}, ErrHash
	}
	q := query.New(tx)
	k := Kept{Revision: id.New("rvn", received), Standing: standing, sum: sum}
	for tries := 0; k.N == 0; tries++ {
		var err error
		k.N, err = q.Number(ctx, query.NumberParams{Counts: standing == OnTime, TurnClient: s.turn().Client, TurnSeq: s.turn().Seq, Revision: k.Revision, At: clock.Milli(received),
			OrgID: tx.Org, Owner: owner, Item: s.Item, Writer: s.Client, WriterSeq: s.Seq})
		if err == nil {
			break
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return Kept{}, err
		}
		if k, err := there(ctx, q, tx.Org, owner, s); err != nil || k.Revision != "" {
			return k, err
		}
		if tries > 0 {
			return Kept{}, fmt.Errorf("response: the answer to %s is not there", s.Item)
		}
		if _, err := q.Ensure(ctx, query.EnsureParams{OrgID: tx.Org, ID: id.New("rsp", received), Owner: owner, Item: s.Item}); err != nil {
			return Kept{}, err
		}
	}
	row := query.AddRevisionParams{OrgID: tx.Org, ID: k.Revision, Owner: owner, Item: s.Item, N: k.N, Client: s.Client, Seq: s.Seq,
		Epoch: s.Epoch, Standing: string(standing), Sha256: sum, Size: int64(len(s.Body)), Body: string(s.Body), ReceivedAt: clock.Milli(received)}
	k.end = base{n: k.N, keyframe: k.N}
	if raw, ok := s.delta(); ok {
		row.Body, row.Base, row.Keyframe = string(raw), s.on.n, s.on.keyframe
		k.end = base{k.N, s.on.keyframe, s.on.long + 1, s.on.bytes + len(raw)}
	}
	if standing != OnTime {
		typed, heard := s.evidence(received)
		row.TypedAt, row.HeardAt, row.Device = clock.Milli(typed), clock.Milli(heard), s.Device
	}
	added, err := q.AddRevision(ctx, row)
	if err == nil && added == 0 {
		// PostgreSQL: it was kept by somebody who held the answer while we waited for it, which our statement could not see yet.
		err = db.ErrAgain
	}
	return k, err
}

func there(ctx context.Context, q *query.Queries, org, owner string, s Save) (Kept, error) {
	r, err := q.There(ctx, query.ThereParams{OrgID: org, Owner: owner, Item: s.Item, Client: s.Client, Seq: s.Seq})
	if errors.Is(err, sql.ErrNoRows) {
		return Kept{}, nil
	}
	return Kept{Revision: r.ID, N: r.N, Standing: Standing(r.Standing), Again: true}, err
}

// Current are the present answers of an owner, by item.
func Current(ctx context.Context, tx db.Tx, owner string) (map[string]Revision, error) {
	rows, err := query.New(tx).Current(ctx, tx.Org, owner)
	if err != nil {
		return nil, err
	}
	out := map[string]Revision{}
	for _, r := range rows {
		body, err := whole(ctx, tx, link{owner, r.Item, r.N, r.Base, r.Keyframe, r.Sha256}, r.Body)
		if err != nil {
			return nil, err
		}
		out[r.Item] = Revision{ID: r.ID, Owner: owner, Item: r.Item, N: r.N, Standing: OnTime, SHA256: r.Sha256, Size: int(r.Size), Body: body, Received: clock.Time(r.ReceivedAt),
			Turn: Turn{r.Client, r.Seq}, delta: r.Base != 0}
	}
	return out, nil
}

// Body is the present answer of an owner to one item, nil where there is none.
func Body(ctx context.Context, tx db.Tx, owner, item string) ([]byte, error) {
	r, err := query.New(tx).CurrentOf(ctx, tx.Org, owner, item)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return whole(ctx, tx, link{owner, item, r.N, r.Base, r.Keyframe, r.Sha256}, r.Body)
}

// Load reads a revision of an owner. ErrMissing.
func Load(ctx context.Context, tx db.Tx, owner, revision string) (Revision, error) {
	r, err := query.New(tx).Revision(ctx, tx.Org, revision)
	if errors.Is(err, sql.ErrNoRows) || err == nil && r.Owner != owner {
		return Revision{}, ErrMissing
	}
	return revisionOf(ctx, tx, r, err)
}

// LoadN reads the n-th state of an answer, n from 1. ErrMissing.
func LoadN(ctx context.Context, tx db.Tx, owner, item string, n int64) (Revision, error) {
	r, err := query.New(tx).RevisionN(ctx, query.RevisionNParams{OrgID: tx.Org, Owner: owner, Item: item, N: n})
	if errors.Is(err, sql.ErrNoRows) {
		return Revision{}, ErrMissing
	}
	return revisionOf(ctx, tx, query.RevisionRow(r), err)
}

func revisionOf(ctx context.Context, tx db.Tx, r query.RevisionRow, err error) (Revision, error) {
	if err != nil {
		return Revision{}, err
	}
	body, err := whole(ctx, tx, linkOf(r), r.Body)
	return Revision{ID: r.ID, Owner: r.Owner, Item: r.Item, N: r.N, Standing: Standing(r.Standing), SHA256: r.Sha256, Size: int(r.Size), Body: body, Received: clock.Time(r.ReceivedAt),
		Typed: clock.Time(r.TypedAt), Heard: clock.Time(r.HeardAt), Device: r.Device, Settled: r.Settled, delta: r.Base != 0}, err
}

func linkOf(r query.RevisionRow) link {
	return link{r.Owner, r.Item, r.N, r.Base, r.Keyframe, r.Sha256}
}

// History are at most so many revisions of an answer before the n-th (0: from the newest), newest first and without their bodies: the
// candidate's own.
func History(ctx context.Context, tx db.Tx, owner, item string, before int64, most int) ([]Revision, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	rows, err := query.New(tx).History(ctx, query.HistoryParams{OrgID: tx.Org, Owner: owner, Item: item, Before: before, Most: int32(most)})
	var out []Revision
	for _, r := range rows {
		out = append(out, Revision{ID: r.ID, Owner: owner, Item: item, N: r.N, Standing: Standing(r.Standing), Size: int(r.Size), Received: clock.Time(r.ReceivedAt),
			Typed: clock.Time(r.TypedAt), Heard: clock.Time(r.HeardAt), Device: r.Device, Settled: r.Settled})
	}
	return out, err
}

// Stray are late revisions and branches, of each answer the newest first, without their bodies.
func Stray(ctx context.Context, tx db.Tx, owner string) ([]Revision, error) {
	rows, err := query.New(tx).Stray(ctx, tx.Org, owner)
	var out []Revision
	for _, r := range rows {
		out = append(out, Revision{ID: r.ID, Owner: owner, Item: r.Item, N: r.N, Standing: Standing(r.Standing), SHA256: r.Sha256, Size: int(r.Size), Received: clock.Time(r.ReceivedAt),
			Typed: clock.Time(r.TypedAt), Heard: clock.Time(r.HeardAt), Device: r.Device, Settled: r.Settled})
	}
	return out, err
}

// Written is who wrote a revision: (Item, Client, Seq) is what a writer calls it.
type Written struct {
	Revision
	Client string
	Seq    int64
}

// WrittenOf are all revisions of an owner in order, without their bodies: what a proof compares with acknowledgements.
func WrittenOf(ctx context.Context, tx db.Tx, owner string) ([]Written, error) {
	rows, err := query.New(tx).Written(ctx, tx.Org, owner)
	var out []Written
	for _, r := range rows {
		out = append(out, Written{Revision{ID: r.ID, Owner: owner, Item: r.Item, N: r.N, Standing: Standing(r.Standing), SHA256: r.Sha256, Size: int(r.Size), Received: clock.Time(r.ReceivedAt)}, r.Client, r.Seq})
	}
	return out, err
}

// Settle says that the branches of an answer up to the n-th state were used or left: they are kept and not offered any more.
func Settle(ctx context.Context, tx db.Tx, owner, item string, n int64) error {
	_, err := query.New(tx).Settle(ctx, query.SettleParams{OrgID: tx.Org, Owner: owner, Item: item, N: n})
	return err
}

// Erase removes the answers of a person's attempts.
func Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	total := 0
	for _, a := range p.Attempts {
		n, err := query.New(tx).EraseRevisions(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		if _, err := query.New(tx).EraseResponses(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		total += int(n)
	}
	return map[string]int{"saved versions of answers": total}, nil
}

// Preview counts what Erase would remove.
func Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	total := 0
	for _, a := range p.Attempts {
		n, err := query.New(tx).CountRevisions(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		total += int(n)
	}
	return map[string]int{"saved versions of answers": total}, nil
}
