package attempt

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/clock"
	"candor/internal/response"
)

// Posted is a page with an answer that was posted by a button.
type Posted struct {
	Sitting  Sitting
	Item     string
	Body     []byte
	Fields   url.Values // those of the page; the ones that begin with "_" are its own words about itself
	Request  string     // the request's id
	Device   string     // in words
	Received time.Time  // when its first byte came
}

// Own are the fields of a posted page that belong to the answer.
func Own(fields url.Values) url.Values {
	out := url.Values{}
	for k, list := range fields {
		if !strings.HasPrefix(k, "_") {
			out[k] = list
		}
	}
	return out
}

// SavePage keeps a posted page as one revision. The page says which takeover it was drawn in and which turn it has among the versions of its script;
// one that says neither is of now. Problems as Save.
func (as *Attempts) SavePage(ctx context.Context, who actor.Actor, p Posted) (response.Kept, error) {
	epoch, err := strconv.ParseInt(p.Fields.Get("_epoch"), 10, 64)
	if err != nil {
		epoch = p.Sitting.Takeover
	}
	out, err := as.Save(ctx, who, SaveRequest{Sitting: p.Sitting.ID, Epoch: epoch, Received: p.Received,
		Saves: []response.Save{{Item: p.Item, Client: response.FormClient + p.Request, Seq: clock.Milli(p.Received), Body: p.Body, Device: p.Device,
			Turn: response.TurnOf(p.Fields.Get("_client"), p.Fields.Get("_seq"))}}})
	if err != nil {
		return response.Kept{}, err
	}
	return out.Kept[0], nil
}
