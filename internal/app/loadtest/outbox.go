package loadtest

import (
	"crypto/rand"
	"encoding/json"
	"slices"
	"time"

	"candor/internal/response"
)

// The outbox of a browser, by the rules of internal/web/ts/outbox.ts, where the protocol is written down.

const (
	mostSaves = 50               // in one request
	mostBytes = 2_000_000        // of all bodies in one; one alone may be larger
	mostPause = 30 * time.Second // between two tries
)

// version is a state of an answer until the server has it.
type version struct {
	Item   string `json:"item"`
	Seq    int64  `json:"seq"`
	Base   int64  `json:"base"`
	Body   string `json:"body"`
	SHA256 string `json:"sha256"`
	typed  time.Time
	tried  bool
}

// outbox keeps versions of a tab, oldest first.
type outbox struct {
	sitting string
	epoch   int64
	client  string
	seq     map[string]int64 // the last one, by item
	acked   map[string]int64
	kept    []version
}

func newOutbox(sitting string, epoch int64) *outbox {
	return &outbox{sitting: sitting, epoch: epoch, client: "c_" + rand.Text(), seq: map[string]int64{}, acked: map[string]int64{}}
}

// put keeps a version, in place of older ones of its item that were never tried.
func (o *outbox) put(item, body string) {
	o.kept = slices.DeleteFunc(o.kept, func(v version) bool { return v.Item == item && !v.tried })
	o.seq[item]++
	o.kept = append(o.kept, version{Item: item, Seq: o.seq[item], Base: o.acked[item], Body: body, SHA256: response.Hash([]byte(body)), typed: time.Now()})
}

// request is the next one's body and how many versions it carries; all of them are tried from now on.
func (o *outbox) request() ([]byte, int, error) {
	n, size := 0, 0
	for n < len(o.kept) && n < mostSaves {
		if size += len(o.kept[n].Body); size > mostBytes && n > 0 {
			break
		}
		o.kept[n].tried = true
		n++
	}
	raw, err := json.Marshal(map[string]any{"sitting": o.sitting, "client": o.client, "epoch": o.epoch,
		"age": time.Since(o.kept[0].typed).Milliseconds(), "saves": o.kept[:n]})
	return raw, n, err
}

// ack is the server's word about one version.
type ack struct {
	Item     string `json:"item"`
	Seq      int64  `json:"seq"`
	Standing string `json:"standing"`
	Revision int64  `json:"revision"`
}

// done drops a version that was acknowledged and gives it back; false when it is not kept.
func (o *outbox) done(a ack) (version, bool) {
	i := slices.IndexFunc(o.kept, func(v version) bool { return v.Item == a.Item && v.Seq == a.Seq })
	if i < 0 {
		return version{}, false
	}
	v := o.kept[i]
	o.kept = slices.Delete(o.kept, i, i+1)
	o.acked[a.Item] = max(o.acked[a.Item], a.Seq)
	return v, true
}

// pause is how long to wait after so many failures: 1, 2, 4, 8, 16, then 30 s.
func pause(failures int) time.Duration { return min(mostPause, time.Second<<min(failures, 5)) }
