package reviewweb

import (
	"fmt"
	"net/url"
	"slices"
)

// across is what an address of this page has more while one item is read over all candidates.
func (v cardView) across() string {
	if v.Across == nil {
		return ""
	}
	return "&across=1"
}

// swaps is the part of the page that another item replaces: with the criteria of one item alone, the page is drawn anew.
func (v cardView) swaps() string {
	if v.Across == nil {
		return "work"
	}
	return ""
}

// neighbour is the same item of another candidate, i further on; "" where there is none.
func (v cardView) neighbour(i int) string {
	at := slices.Index(v.Across, v.Sheet.Code) + i
	if at < 0 || at >= len(v.Across) {
		return ""
	}
	return v.Base + "/" + string(v.Across[at]) + "?item=" + url.QueryEscape(v.Item.Key) + v.across()
}

// over says which of the candidates this is.
func (v cardView) over() string {
	return fmt.Sprintf("%s: %d of %d candidates", v.Item.Head.Title, slices.Index(v.Across, v.Sheet.Code)+1, len(v.Across))
}

// way names the other way of reading.
func (v cardView) way() string {
	if v.Across == nil {
		return "This item over all candidates"
	}
	return "The whole scorecard"
}

// other leads from one way of reading to the other, at the same item.
func (v cardView) other() string {
	if v.Across == nil {
		return v.Here + "?item=" + url.QueryEscape(v.Item.Key) + "&across=1"
	}
	return v.Here + "?item=" + url.QueryEscape(v.Item.Key)
}
