package upload

import (
	"context"
	"sync"

	"candor/internal/db"
)

// atOnce is how many pieces of uploads change the database at once. Hundreds of devices send at the end of a part, while others save what they write: a save
// waits for so many pieces at most, not for all. A device does not see it wait; what it sends is in the kernel's hands meanwhile.
const atOnce = 4

// turns are those pieces. The zero value is ready.
type turns struct {
	once sync.Once
	free chan struct{}
}

// piece is the transaction of a piece, when it has its turn.
func (us *Uploads) piece(ctx context.Context, org string, fn func(db.Tx) error) error {
	us.turns.once.Do(func() { us.turns.free = make(chan struct{}, atOnce) })
	select {
	case us.turns.free <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-us.turns.free }()
	return us.DB.Write(ctx, org, fn)
}
