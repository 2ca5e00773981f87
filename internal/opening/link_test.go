package opening_test

import (
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
)

func TestALookChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		o := w.open(t, w.owner, false)
		inv := w.invite(t, o, "Amara Okafor", "amara@mail.example")
		link := w.Secret(inv)
		for range 3 { // a scanner looks, and presses
			if _, err := w.Look(ctx, link); err != nil {
				t.Fatal(err)
			}
		}
		w.write(t, func(tx db.Tx) error {
			got, err := w.InvitationIn(ctx, tx, inv.ID)
			if err != nil || got.State(w.tick.Now()) != opening.Sent {
				t.Errorf("after looking: %v, %v; want sent", got.State(w.tick.Now()), err)
			}
			return nil
		})
		if _, err := w.Enter(ctx, link, ""); err != nil {
			t.Fatal(err)
		}
		cookie, err := w.Enter(ctx, link, "") // the person, after the scanner: no part has been started, so no code
		if err != nil {
			t.Fatal(err)
		}
		who, got, err := w.CandidateSession(ctx, cookie)
		if err != nil || who.ID != string(inv.ID) || who.Subject != inv.Candidate || who.Org != w.owner.Org || got.State(w.tick.Now()) != opening.Opened {
			t.Errorf("CandidateSession = %+v, %v, %v; want this candidate", who, got, err)
		}
		if brief, err := w.CandidateActor(ctx, cookie); err != nil || !reflect.DeepEqual(brief, who) {
			t.Errorf("CandidateActor = %+v, %v; want %+v", brief, err, who)
		}
	})
}

func TestEachDeadLinkSaysWhy(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		o := w.open(t, w.owner, false)
		inv := w.invite(t, o, "Amara Okafor", "amara@mail.example")
		link := w.Secret(inv)
		cookie, err := w.Enter(ctx, link, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Rotate(ctx, w.rec, inv.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Enter(ctx, link, ""); !errors.Is(err, opening.ErrRotated) {
			t.Errorf("old link = %v; want ErrRotated", err)
		}
		if _, _, err := w.CandidateSession(ctx, cookie); !errors.Is(err, opening.ErrSession) {
			t.Errorf("session of the old link = %v; want ErrSession", err)
		}
		if _, err := w.CandidateActor(ctx, cookie); !errors.Is(err, opening.ErrSession) {
			t.Errorf("actor of the old link = %v; want ErrSession", err)
		}
		now, err := w.Link(ctx, w.rec, inv.ID)
		if err != nil || now == link {
			t.Fatalf("Link = %q, %v; want a new one", now, err)
		}
		if cookie, err = w.Enter(ctx, now, ""); err != nil {
			t.Fatal(err)
		}
		if err := w.Readdress(ctx, w.rec, inv.ID, "", "amara.o@mail.example"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Enter(ctx, now, ""); !errors.Is(err, opening.ErrRotated) {
			t.Errorf("link sent to the wrong address = %v; want ErrRotated", err)
		}
		now, _ = w.Link(ctx, w.rec, inv.ID)
		if err := w.Revoke(ctx, w.rec, inv.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Enter(ctx, now, ""); !errors.Is(err, opening.ErrRevoked) {
			t.Errorf("revoked = %v; want ErrRevoked", err)
		}
		if err := w.Rotate(ctx, w.rec, inv.ID); err != nil {
			t.Fatal(err)
		}
		now, _ = w.Link(ctx, w.rec, inv.ID)
		if _, err := w.Look(ctx, now); err != nil {
			t.Errorf("a new link after revoking = %v; want it open", err)
		}
		for name, bad := range map[string]string{"unknown": strings.Repeat("A", 27), "empty": "", "long": strings.Repeat("x", 5000)} {
			if got, err := w.Look(ctx, bad); !errors.Is(err, opening.ErrLink) || got.ID != "" {
				t.Errorf("%s = %v, %v; want ErrLink and nothing else", name, got, err)
			}
		}
		late := w.invite(t, o, "Jun Li", "jun@mail.example")
		w.tick.Set(late.FinishBy)
		if _, err := w.Look(ctx, w.Secret(late)); err != nil {
			t.Errorf("at the last instant = %v; want it open", err)
		}
		w.tick.Add(time.Millisecond)
		if _, err := w.Look(ctx, w.Secret(late)); !errors.Is(err, opening.ErrExpired) {
			t.Errorf("a millisecond later = %v; want ErrExpired", err)
		}
		by := w.tick.Now().Add(48 * time.Hour)
		w.write(t, func(tx db.Tx) error { return w.Extend(ctx, tx, w.rec, late.ID, by, "was ill") })
		if got, err := w.Look(ctx, w.Secret(late)); err != nil || !got.FinishBy.Equal(by) {
			t.Errorf("after more time = %v, %v; want it open", got, err)
		}
		err = w.DB.Write(ctx, w.owner.Org, func(tx db.Tx) error { return w.Extend(ctx, tx, w.rec, late.ID, by.Add(-time.Hour), "oops") })
		if !errors.Is(err, opening.ErrShorter) {
			t.Errorf("shortening = %v; want ErrShorter", err)
		}
	})
}

func TestASecondBrowserNeedsTheCodeOnceAPartRuns(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		o := w.open(t, w.owner, false)
		inv := w.invite(t, o, "Amara Okafor", "amara@mail.example")
		link := w.Secret(inv)
		cookie, err := w.Enter(ctx, link, "")
		if err != nil {
			t.Fatal(err)
		}
		w.quiz.running[inv.ID] = true
		if err := w.Revoke(ctx, w.rec, inv.ID); !errors.Is(err, opening.ErrRunning) {
			t.Errorf("revoking while a part runs = %v; want ErrRunning", err)
		}
		if _, err := w.Enter(ctx, link, ""); !errors.Is(err, opening.ErrCodeNeeded) {
			t.Fatalf("second browser = %v; want ErrCodeNeeded", err)
		}
		who, _, err := w.CandidateSession(ctx, cookie)
		if err != nil {
			t.Fatal(err)
		}
		digits, err := w.DeviceCode(ctx, who)
		if err != nil {
			t.Fatal(err)
		}
		wrong := "000000"
		if digits == wrong {
			wrong = "000001"
		}
		for i := range 5 {
			if _, err := w.Enter(ctx, link, wrong); !errors.Is(err, opening.ErrCode) {
				t.Fatalf("wrong try %d = %v; want ErrCode", i+1, err)
			}
		}
		if _, err := w.Enter(ctx, link, digits); !errors.Is(err, opening.ErrCode) {
			t.Errorf("right after 5 wrong tries = %v; want ErrCode", err)
		}
		digits, _ = w.DeviceCode(ctx, who)
		if _, err := w.Enter(ctx, link, digits); err != nil {
			t.Errorf("right digits = %v; want in", err)
		}
		if _, err := w.Enter(ctx, link, digits); !errors.Is(err, opening.ErrCode) {
			t.Errorf("the same digits again = %v; want ErrCode", err)
		}
		digits, _ = w.DeviceCode(ctx, who)
		w.tick.Add(opening.CodeLife)
		if _, err := w.Enter(ctx, link, digits); !errors.Is(err, opening.ErrCode) {
			t.Errorf("after 10 minutes = %v; want ErrCode", err)
		}
		for range 2 { // 3 shown in this hour, and 2 by mail
			if err := w.MailCode(ctx, link); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.MailCode(ctx, link); !errors.Is(err, opening.ErrCodes) {
			t.Errorf("one more mail = %v; want ErrCodes", err)
		}
	})
}

func TestInvitingTwiceIsOnce(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		o := w.open(t, w.owner, false)
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = w.Invite(ctx, w.rec, o, opening.InviteForm{Name: "Amara Okafor", Email: []string{"amara@mail.example", "Amara@Mail.example"}[i%2]})
			})
		}
		wg.Wait()
		in := 0
		for _, err := range errs {
			p, _ := problem.As(err)
			switch {
			case err == nil:
				in++
			case !errors.Is(err, opening.ErrTwice) || p.Facts["application"] == "":
				t.Errorf("Invite = %v; want ErrTwice with the application", err)
			}
		}
		if in != 1 {
			t.Errorf("%d of 8 presses invited; want 1", in)
		}
		elsewhere := w.open(t, w.owner, false)
		found, err := w.Find(ctx, w.rec, elsewhere, "amara@MAIL.example")
		if err != nil || !found.Known || found.Name != "Amara Okafor" || found.Here != "" || len(found.Earlier) != 1 || found.Earlier[0].Opening != o {
			t.Errorf("Find = %+v, %v; want the earlier application", found, err)
		}
		sealed := w.open(t, w.rec, true)
		if _, err := w.Invite(ctx, w.rec, sealed, opening.InviteForm{Name: "Amara Okafor", Email: "amara@mail.example"}); err != nil {
			t.Fatal(err)
		}
		if found, err := w.Find(ctx, w.owner, elsewhere, "amara@mail.example"); err != nil || len(found.Earlier) != 1 {
			t.Errorf("Find by an owner = %+v, %v; want nothing of the confidential opening", found, err)
		}
		for name, f := range map[string]opening.InviteForm{
			"no name": {Email: "b@mail.example"}, "no address": {Name: "B", Email: "b"}, "a zone that is none": {Name: "B", Email: "b@mail.example", Zone: "Mars/Base"},
			"in the past": {Name: "B", Email: "b@mail.example", FinishBy: w.tick.Now()},
		} {
			if _, err := w.Invite(ctx, w.rec, o, f); !errors.Is(err, problem.ErrInvalid) {
				t.Errorf("%s: Invite = %v; want ErrInvalid", name, err)
			}
		}
		if err := w.Change(ctx, w.rec, opening.Opening{ID: o, Title: "Backend engineer", ReplyDays: 5}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Invite(ctx, w.rec, o, opening.InviteForm{Name: "B", Email: "b@mail.example"}); !errors.Is(err, opening.ErrClosed) {
			t.Errorf("into a closed opening = %v; want ErrClosed", err)
		}
	})
}
