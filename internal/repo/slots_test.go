package repo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Whoever has the fewest under way is next, and among these whoever waits longest.
func TestSlotsAreFair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slots{Most: 2, Each: 2}
		ctx := t.Context()
		leave1, err := s.take(ctx, "a")
		if err != nil {
			t.Fatal(err)
		}
		leave2, err := s.take(ctx, "a")
		if err != nil {
			t.Fatal(err)
		}
		var order []string
		next := func(who ID) {
			go func() {
				leave, err := s.take(ctx, who)
				if err != nil {
					t.Errorf("%s: %v", who, err)
					return
				}
				order = append(order, string(who))
				time.Sleep(time.Second)
				leave()
			}()
			synctest.Wait()
		}
		for _, who := range []ID{"a", "a", "b", "b", "c"} {
			next(who)
		}
		leave1()
		leave1() // twice is once
		synctest.Wait()
		if got := strings.Join(order, " "); got != "b" {
			t.Errorf("after one was free: %s; want b, who has none", got)
		}
		leave2()
		time.Sleep(time.Minute / 2)
		if got := strings.Join(order, " "); got != "b a b a c" && got != "b a a b c" { // two leave in the same instant
			t.Errorf("the order is %s", got)
		}
		if s.used != 0 || len(s.by) != 0 {
			t.Errorf("%d are used in the end, by %v", s.used, s.by)
		}
	})
}

func TestSlotsGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slots{Most: 1, Queue: 2, Patience: time.Minute}
		leave, err := s.take(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		ends := make(chan string, 3)
		wait := func(ctx context.Context) {
			go func() {
				_, err := s.take(ctx, "b")
				ends <- fmt.Sprint(errors.Is(err, ErrBusy), errors.Is(err, context.Canceled))
			}()
			synctest.Wait()
		}
		wait(t.Context())
		gone, cancel := context.WithCancel(t.Context())
		wait(gone)
		wait(t.Context())
		if got := <-ends; got != "true false" {
			t.Errorf("the third in a queue of two: %s; want busy at once", got)
		}
		cancel()
		if got := <-ends; got != "false true" {
			t.Errorf("who left: %s", got)
		}
		time.Sleep(time.Minute)
		if got := <-ends; got != "true false" {
			t.Errorf("after a minute: %s; want busy", got)
		}
		leave()
		if s.used != 0 || len(s.waiting) != 0 {
			t.Errorf("%d are used, %d wait", s.used, len(s.waiting))
		}
	})
}
