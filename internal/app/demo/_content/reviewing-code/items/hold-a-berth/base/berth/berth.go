// Package berth books places for ships in a harbour.
package berth

import (
	"errors"
	"time"
)

// Berth is a place for one ship.
type Berth struct {
	ID      int64
	Harbour string
	Name    string
	Length  int // metres
}

// Booking is a berth for a ship from an hour to an hour.
type Booking struct {
	ID      int64
	Berth   int64
	Captain string
	Ship    string
	From    time.Time
	To      time.Time
}

var (
	// ErrFull: no berth of this length is free at that time.
	ErrFull = errors.New("berth: nothing free")
	// ErrUnknown: there is no such booking.
	ErrUnknown = errors.New("berth: unknown booking")
	// ErrNotYours: the booking is another captain's.
	ErrNotYours = errors.New("berth: not your booking")
)
