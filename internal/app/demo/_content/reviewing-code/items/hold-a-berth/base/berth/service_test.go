package berth

import (
	"context"
	"errors"
	"testing"
	"time"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func ask(ship string) Ask {
	return Ask{Harbour: "Viana", Captain: "ada", Ship: ship, Length: 30, From: noon, To: noon.Add(4 * time.Hour)}
}

func TestBook(t *testing.T) {
	s := testService(t, "B1")
	b, err := s.Book(context.Background(), ask("Gaivota"))
	if err != nil || b.ID == 0 {
		t.Fatalf("Book = %+v, %v", b, err)
	}
	if _, err := s.Book(context.Background(), ask("Albatroz")); !errors.Is(err, ErrFull) {
		t.Errorf("a second ship at the same hour: %v; want ErrFull", err)
	}
}

func TestCancel(t *testing.T) {
	s := testService(t, "B1")
	b, err := s.Book(context.Background(), ask("Gaivota"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Cancel(context.Background(), "bo", b.ID); !errors.Is(err, ErrNotYours) {
		t.Errorf("somebody else cancels: %v; want ErrNotYours", err)
	}
	if err := s.Cancel(context.Background(), "ada", b.ID); err != nil {
		t.Error(err)
	}
}
