package assessment

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment/internal/query"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/job"
	"candor/internal/org"
)

// ErrProof is the refusal of a version whose sample submissions do not do as declared.
var ErrProof = ErrFindings.Saying("The sample submissions do not get their declared verdicts. Nothing was published.")

// Publish makes a draft fit for candidates: every prover runs first, and an error refuses it. ErrRole, ErrMissing, ErrProof with
// the findings. Publishing what is published changes nothing.
func (as *Assessments) Publish(ctx context.Context, who actor.Actor, v VersionID, progress func(done, total int, what string)) ([]item.Finding, error) {
	if err := org.Need(who, "assessment.publish"); err != nil {
		return nil, err
	}
	ver, err := as.Version(ctx, who.Org, v)
	if err != nil || ver.Published {
		return nil, err
	}
	findings := Prove(ctx, ver, progress)
	if item.Failed(findings) {
		return findings, ErrProof
	}
	return findings, as.DB.Write(ctx, who.Org, func(tx db.Tx) error { return as.publish(ctx, tx, who, v) })
}

// publish is guarded by the version's own state.
func (as *Assessments) publish(ctx context.Context, tx db.Tx, who actor.Actor, v VersionID) error {
	n, err := query.New(tx).Publish(ctx, tx.Org, string(v), clock.Milli(as.DB.Now()))
	if err != nil || n == 0 {
		return err
	}
	if err := audit.Record(ctx, tx, as.DB.Now(), who, "assessment.publish", string(v), nil); err != nil {
		return err
	}
	return Went.Announce(ctx, as.Jobs, tx, WentNote{tx.Org, v})
}

// Went is announced when a version was published.
const Went = job.Topic[WentNote]("assessment.published")

// WentNote names the version.
type WentNote struct {
	Org     string
	Version VersionID
}

// Prove runs what the kinds can prove of themselves; progress tells of the item that is at work.
func Prove(ctx context.Context, v *Version, progress func(done, total int, what string)) []item.Finding {
	if progress == nil {
		progress = func(int, int, string) {}
	}
	var out []item.Finding
	for _, i := range provers(v) {
		found := i.Kind.(item.Prover).Prove(ctx, i.Spec, func(done, total int, what string) { progress(done, total, i.Key+": "+what) })
		for _, f := range found {
			f.Path = "items/" + i.Key + "/" + f.Path
			out = append(out, f)
		}
	}
	return out
}

// provers are the items that have something to prove.
func provers(v *Version) (out []PartItem) {
	for _, p := range v.Parts {
		for _, i := range p.Items {
			if _, ok := i.Kind.(item.Prover); ok {
				out = append(out, i)
			}
		}
	}
	return out
}

// Proof is how the publishing of a version stands.
type Proof struct {
	State    ProofState
	Done     int // sample submissions of the item that is at work
	Total    int // 0 while it waits for its turn
	What     string
	Findings []item.Finding
	Asked    time.Time
	Seen     time.Time // when it last moved
}

// ProofState is what became of a wish to publish.
type ProofState string

const (
	Unasked ProofState = ""
	Proving ProofState = "proving"
	Refused ProofState = "refused" // Findings say why
	Passed  ProofState = "passed"  // and published
)

// Stale is how long a proof may stand still before it can be asked for again: whoever was at it is gone.
const Stale = 10 * time.Minute

// StandsStill says that nobody seems to work on it any more.
func (p Proof) StandsStill(now time.Time) bool { return p.State == Proving && now.Sub(p.Seen) > Stale }

// proofNote names one asking; another one of the same version has another time.
type proofNote struct {
	Org     string
	Version VersionID
	Asked   int64 // milliseconds
}

const prove = job.Task[proofNote]("assessment.prove")

// Listen registers the work of PublishLater.
func (as *Assessments) Listen() { job.Work(as.Jobs, prove, job.Proof, as.proveLater) }

// PublishLater has a job prove and publish the version; Proof tells how it stands. What has nothing to prove is published at once.
// While it is being proved another press changes nothing. ErrRole, ErrMissing.
func (as *Assessments) PublishLater(ctx context.Context, who actor.Actor, v VersionID) error {
	if err := org.Need(who, "assessment.publish"); err != nil {
		return err
	}
	ver, err := as.Version(ctx, who.Org, v)
	if err != nil || ver.Published {
		return err
	}
	if len(provers(ver)) == 0 {
		_, err := as.Publish(ctx, who, v, nil)
		return err
	}
	now := as.DB.Now()
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := query.New(tx).AskProof(ctx, query.AskProofParams{OrgID: who.Org, VersionID: string(v), AskedBy: who.ID,
			Now: clock.Milli(now), Stale: clock.Milli(now.Add(-Stale))})
		if err != nil || n == 0 {
			return err
		}
		return prove.Enqueue(ctx, as.Jobs, tx, proofNote{who.Org, v, clock.Milli(now)}, job.Tries(3))
	})
}

// Proof is how publishing the version stands; the zero Proof when nobody asked.
func (as *Assessments) Proof(ctx context.Context, o string, v VersionID) (Proof, error) {
	p, _, err := as.proof(ctx, o, v)
	return p, err
}

func (as *Assessments) proof(ctx context.Context, o string, v VersionID) (p Proof, by string, err error) {
	var row query.ProofRow
	err = as.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		row, err = query.New(tx).Proof(ctx, o, string(v))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Proof{}, "", nil
	}
	if err != nil {
		return Proof{}, "", err
	}
	p = Proof{State: ProofState(row.State), Done: int(row.Done), Total: int(row.Total), What: row.What, Asked: clock.Time(row.AskedAt), Seen: clock.Time(row.SeenAt)}
	if err := json.Unmarshal([]byte(row.Findings), &p.Findings); err != nil {
		return Proof{}, "", fmt.Errorf("assessment: findings of %s: %w", v, err)
	}
	return p, row.AskedBy, nil
}

// proveLater does what PublishLater promised. One that was ended in the middle begins anew when the job is taken up again; one that
// somebody asked for again meanwhile leaves it to the younger.
func (as *Assessments) proveLater(ctx context.Context, n proofNote) error {
	p, by, err := as.proof(ctx, n.Org, n.Version)
	if err != nil || p.State != Proving || clock.Milli(p.Asked) != n.Asked {
		return err
	}
	ver, err := as.Version(ctx, n.Org, n.Version)
	if err != nil {
		return err
	}
	findings := Prove(ctx, ver, as.seen(ctx, n))
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		findings = append(findings, item.Finding{Path: "items", Severity: item.Error, Text: "This took longer than half an hour in all and was ended. Lower the limits, or keep fewer sample submissions."})
		ctx = context.WithoutCancel(ctx)
	}
	if ctx.Err() != nil { // the server ends; what ran last failed for that reason only
		return ctx.Err()
	}
	state := Passed
	if item.Failed(findings) {
		state = Refused
	}
	raw, err := json.Marshal(findings)
	if err != nil {
		return err
	}
	return as.DB.Write(ctx, n.Org, func(tx db.Tx) error {
		ended, err := query.New(tx).EndProof(ctx, query.EndProofParams{State: string(state), Findings: string(raw), Now: clock.Milli(as.DB.Now()),
			OrgID: n.Org, VersionID: string(n.Version), AskedAt: n.Asked})
		if err != nil || ended == 0 || state == Refused {
			return err
		}
		return as.publish(ctx, tx, actor.Actor{Kind: actor.Member, ID: by, Org: n.Org}, n.Version)
	})
}

// seen writes progress for the page, not more often than it looks.
func (as *Assessments) seen(ctx context.Context, n proofNote) func(done, total int, what string) {
	var last time.Time
	return func(done, total int, what string) {
		if time.Since(last) < 400*time.Millisecond {
			return
		}
		last = time.Now()
		as.DB.Write(ctx, n.Org, func(tx db.Tx) error { // shown only: the end is written by itself
			_, err := query.New(tx).ProofSeen(ctx, query.ProofSeenParams{Done: int64(done), Total: int64(total), What: what, Now: clock.Milli(as.DB.Now()),
				OrgID: n.Org, VersionID: string(n.Version), AskedAt: n.Asked})
			return err
		})
	}
}
