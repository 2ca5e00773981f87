// Package calendar has days without a time of day.
package calendar

import (
	"fmt"
	"time"
)

// Day counts days; later days are greater.
type Day int

const layout = "2006-01-02"

// Parse reads "2026-03-02".
func Parse(s string) (Day, error) {
	t, err := time.Parse(layout, s)
	if err != nil {
		return 0, fmt.Errorf("%q is no day", s)
	}
	return Day(t.Unix() / 86400), nil
}

// Must is Parse for tests and tables.
func Must(s string) Day {
	d, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

func (d Day) String() string { return time.Unix(int64(d)*86400, 0).UTC().Format(layout) }
