package berth

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Store keeps berths and bookings.
type Store struct{ DB *sql.DB }

// Free finds the shortest berth that fits and is not booked between from and to. ErrFull.
func (s *Store) Free(ctx context.Context, harbour string, length int, from, to time.Time) (Berth, error) {
	b := Berth{Harbour: harbour}
	err := s.DB.QueryRowContext(ctx, `
		SELECT id, name, length FROM berths
		WHERE harbour = $1 AND length >= $2 AND NOT EXISTS (
			SELECT 1 FROM bookings WHERE berth_id = berths.id AND starts < $4 AND ends > $3)
		ORDER BY length, id LIMIT 1`, harbour, length, from.Unix(), to.Unix()).Scan(&b.ID, &b.Name, &b.Length)
	if errors.Is(err, sql.ErrNoRows) {
		return b, ErrFull
	}
	return b, err
}

// Book keeps a booking; the table refuses two at the same time.
func (s *Store) Book(ctx context.Context, b Booking) (int64, error) {
	var id int64
	err := s.DB.QueryRowContext(ctx, `
		INSERT INTO bookings (berth_id, captain, ship, starts, ends) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
		b.Berth, b.Captain, b.Ship, b.From.Unix(), b.To.Unix()).Scan(&id)
	return id, err
}

// Booking reads one. ErrUnknown.
func (s *Store) Booking(ctx context.Context, id int64) (Booking, error) {
	b := Booking{ID: id}
	var from, to int64
	err := s.DB.QueryRowContext(ctx, `SELECT berth_id, captain, ship, starts, ends FROM bookings WHERE id = $1`, id).
		Scan(&b.Berth, &b.Captain, &b.Ship, &from, &to)
	if errors.Is(err, sql.ErrNoRows) {
		return b, ErrUnknown
	}
	b.From, b.To = time.Unix(from, 0).UTC(), time.Unix(to, 0).UTC()
	return b, err
}

// Cancel removes a booking.
func (s *Store) Cancel(ctx context.Context, id int64) error {
	_, err := s.DB.ExecContext(ctx, `DELETE FROM bookings WHERE id = $1`, id)
	return err
}
