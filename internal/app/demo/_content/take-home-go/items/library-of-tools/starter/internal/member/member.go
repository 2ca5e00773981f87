// Package member has the members of the shed and what they owe.
package member

import "errors"

// Member is a neighbour who borrows.
type Member struct {
	Key, Name string
	Owes      int // cents
}

// Limit is what a member may owe and still borrow, in cents.
const Limit = 500

// Errors of this package.
var (
	ErrUnknown = errors.New("no such member")
	ErrTaken   = errors.New("this number is taken")
	ErrPaid    = errors.New("that is more than they owe")
)

// Members are all of them.
type Members struct{ all map[string]*Member }

// New has none.
func New() *Members { return &Members{all: map[string]*Member{}} }

// Join adds one. ErrTaken.
func (ms *Members) Join(key, name string) error {
	if _, ok := ms.all[key]; ok {
		return ErrTaken
	}
	ms.all[key] = &Member{Key: key, Name: name}
	return nil
}

// Find is one. ErrUnknown.
func (ms *Members) Find(key string) (*Member, error) {
	m, ok := ms.all[key]
	if !ok {
		return nil, ErrUnknown
	}
	return m, nil
}

// Charge adds to what a member owes. ErrUnknown.
func (ms *Members) Charge(key string, cents int) error {
	m, err := ms.Find(key)
	if err != nil {
		return err
	}
	m.Owes += cents
	return nil
}

// Pay takes off what a member owes. ErrUnknown, ErrPaid.
func (ms *Members) Pay(key string, cents int) error {
	m, err := ms.Find(key)
	if err != nil {
		return err
	}
	if cents > m.Owes {
		return ErrPaid
	}
	m.Owes -= cents
	return nil
}
