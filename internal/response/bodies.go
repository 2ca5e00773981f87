package response

import "sync"

// Bodies remembers what each writer kept last, so that what they change of it can be applied without reading all it was made of: 50 changes lie
// between two whole versions. It is asked only about what the database has just said is there, and believed only where both mean the same bytes; it may
// forget at any time. Its zero value is ready, nil remembers nothing.
type Bodies struct {
	mu         sync.Mutex
	young, old map[writerOf]known
	size       int // bytes of the young
}

// bodiesMost is how many bytes the young are: then the old are forgotten, and they are the old.
const bodiesMost = 16 << 20

type writerOf struct{ org, owner, item, client string }

// known is a version that was kept, and the chain it ends.
type known struct {
	seq    int64
	sha256 string
	body   []byte
	base
}

// Remember is told of a version of an answer that is committed.
func (b *Bodies) Remember(org, owner string, s Save, k Kept) {
	if b == nil || k.N == 0 || k.Again {
		return
	}
	b.put(writerOf{org, owner, s.Item, s.Client}, known{s.Seq, k.sum, s.Body, k.end})
}

func (b *Bodies) put(w writerOf, k known) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.size > bodiesMost || b.young == nil {
		b.young, b.old, b.size = map[writerOf]known{}, b.young, 0
	}
	b.size += len(k.body) - len(b.young[w].body)
	b.young[w] = k
}

// version is what a writer kept under a number, where that is remembered.
func (b *Bodies) version(w writerOf, seq int64) (known, bool) {
	if b == nil {
		return known{}, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.young[w]
	if !ok {
		k, ok = b.old[w]
	}
	return k, ok && k.seq == seq
}

// Forget drops what is remembered of an owner.
func (b *Bodies) Forget(org, owner string) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, age := range []map[writerOf]known{b.young, b.old} {
		for w := range age {
			if w.org == org && w.owner == owner {
				delete(age, w)
			}
		}
	}
}
