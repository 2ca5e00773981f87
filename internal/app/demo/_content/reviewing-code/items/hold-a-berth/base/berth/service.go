package berth

import (
	"context"
	"fmt"
	"time"
)

// Service has the rules of booking.
type Service struct {
	Store *Store
	Now   func() time.Time
}

// Ask is what a captain asks for.
type Ask struct {
	Harbour string
	Captain string
	Ship    string
	Length  int
	From    time.Time
	To      time.Time
}

// Book finds a berth and books it at once. ErrFull.
func (s *Service) Book(ctx context.Context, a Ask) (Booking, error) {
	b, err := s.Store.Free(ctx, a.Harbour, a.Length, a.From, a.To)
	if err != nil {
		return Booking{}, err
	}
	out := Booking{Berth: b.ID, Captain: a.Captain, Ship: a.Ship, From: a.From, To: a.To}
	if out.ID, err = s.Store.Book(ctx, out); err != nil {
		return Booking{}, fmt.Errorf("booking berth %d: %w", b.ID, err)
	}
	return out, nil
}

// Cancel gives a booking back. ErrUnknown, ErrNotYours.
func (s *Service) Cancel(ctx context.Context, captain string, id int64) error {
	b, err := s.Store.Booking(ctx, id)
	if err != nil {
		return err
	}
	if b.Captain != captain {
		return ErrNotYours
	}
	return s.Store.Cancel(ctx, id)
}
