package loadtest

import (
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"candor/internal/response"
)

// The outbox of a browser, by the rules of internal/web/ts/outbox.ts, where the protocol is written down.

const (
	mostSaves = 50               // in one request
	mostBytes = 2_000_000        // of all bodies in one; one alone may be larger
	leastOps  = 4096             // bytes of a body that is sent as what changed
	tail      = `"]}`            // of a body
	mostPause = 30 * time.Second // between two tries
)

// version is a state of an answer until the server has it.
type version struct {
	Item   string        `json:"item"`
	Seq    int64         `json:"seq"`
	Base   int64         `json:"base"`
	Body   string        `json:"body,omitempty"`
	Ops    []response.Op `json:"ops,omitempty"`
	SHA256 string        `json:"sha256"`
	typed  time.Time
	tried  bool
}

// outbox keeps versions of a tab, oldest first.
type outbox struct {
	sitting string
	epoch   int64
	client  string
	seq     map[string]int64   // the last one, by item
	acked   map[string]version // the last one the server has, by item
	kept    []version
}

func newOutbox(sitting string, epoch int64) *outbox {
	return &outbox{sitting: sitting, epoch: epoch, client: "c_" + rand.Text(), seq: map[string]int64{}, acked: map[string]version{}}
}

// put keeps a version, in place of older ones of its item that were never tried.
func (o *outbox) put(item, body string) {
	o.kept = slices.DeleteFunc(o.kept, func(v version) bool { return v.Item == item && !v.tried })
	o.seq[item]++
	o.kept = append(o.kept, version{Item: item, Seq: o.seq[item], Base: o.acked[item].Seq, Body: body, SHA256: response.Hash([]byte(body)), typed: time.Now()})
}

// request is the next one's body and how many versions it carries; all of them are tried from now on.
func (o *outbox) request() ([]byte, int, error) {
	var sent []version
	n, size := 0, 0
	for n < len(o.kept) && n < mostSaves {
		if size += len(o.kept[n].Body); size > mostBytes && n > 0 {
			break
		}
		o.kept[n].tried = true
		sent = append(sent, o.kept[n].shortest(o.acked[o.kept[n].Item]))
		n++
	}
	raw, err := json.Marshal(map[string]any{"sitting": o.sitting, "client": o.client, "epoch": o.epoch,
		"age": time.Since(o.kept[0].typed).Milliseconds(), "saves": sent})
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
	if v.Seq > o.acked[a.Item].Seq {
		o.acked[a.Item] = v
	}
	return v, true
}

// shortest is a version as it is sent: a large one as what was added to the one that the server has. The players only add.
func (v version) shortest(base version) version {
	added, ok := strings.CutPrefix(v.Body, strings.TrimSuffix(base.Body, tail))
	if !ok || base.Seq == 0 || len(v.Body) < leastOps {
		return v
	}
	at := len(base.Body) - len(tail) // all of it is ASCII
	v.Base, v.Body, v.Ops = base.Seq, "", []response.Op{{At: at, Del: len(tail), Ins: added}}
	return v
}

// pause is how long to wait after so many failures: 1, 2, 4, 8, 16, then 30 s.
func pause(failures int) time.Duration { return min(mostPause, time.Second<<min(failures, 5)) }
