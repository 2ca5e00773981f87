package payment

import (
	"fmt"
	"strconv"
	"strings"

	"candor/internal/problem"

	"golang.org/x/text/currency"
)

// Money is a whole number of minor units of a currency: 12050 of EUR is 120.50 euros, 12050 of JPY is 12,050 yen.
type Money struct {
	Minor    int64
	Currency string // ISO 4217, "EUR"
}

// MostMinor is more than anybody is paid for an interview, in any currency.
const MostMinor = 1_000_000_000_000

// Places is how many decimal places a currency has: 2 of EUR, 0 of JPY, 3 of KWD, as ISO 4217 says. ok is false where it is no legal tender
// anywhere now.
func Places(code string) (n int, ok bool) {
	unit, err := currency.ParseISO(code)
	if err != nil || code != unit.String() || !tender()[code] {
		return 0, false
	}
	n, _ = currency.Standard.Rounding(unit)
	return n, true
}

// tender are the currencies that are legal tender somewhere at the time of the data (CLDR).
func tender() map[string]bool {
	out := map[string]bool{}
	for q := currency.Query(); q.Next(); {
		out[q.Unit().String()] = true
	}
	return out
}

// ReadMoney reads an amount as people type it, "120", "120.5" or "120,50", with a currency's code in capitals or not. Nothing is rounded: more
// places than the currency has, signs and separators of thousands are problems of the fields "amount" and "currency".
func ReadMoney(amount, code string) (Money, error) {
	code = strings.ToUpper(strings.TrimSpace(code))
	places, ok := Places(code)
	if !ok {
		return Money{}, problem.Field("currency", "This is no currency that is in use. Write its three letters, such as EUR, USD or JPY.")
	}
	whole, part, pointed := strings.Cut(strings.ReplaceAll(strings.TrimSpace(amount), ",", "."), ".")
	for _, r := range whole + part {
		if r < '0' || r > '9' {
			return Money{}, problem.Field("amount", "Write digits, and before the smaller unit a point: 1250.50. No sign, and nothing between thousands.")
		}
	}
	switch {
	case whole == "" || pointed && part == "":
		return Money{}, problem.Field("amount", "Write an amount, such as 120.")
	case places == 0 && pointed:
		return Money{}, problem.Field("amount", code+" has no smaller unit: write it without a point, such as "+whole+".")
	case len(part) > places:
		return Money{}, problem.Field("amount", fmt.Sprintf("%s has %d places after the point. Nothing is rounded here; write it with at most those.", code, places))
	}
	minor, err := strconv.ParseInt(whole+part+strings.Repeat("0", places-len(part)), 10, 64)
	if err != nil || minor > MostMinor {
		return Money{}, problem.Field("amount", "This is more than can be promised here. Is a digit too many?")
	}
	if minor == 0 {
		return Money{}, problem.Field("amount", "Write an amount above 0, or remove the payment.")
	}
	return Money{minor, code}, nil
}

// Amount is the number alone, with the currency's places: "120.50", "12050".
func (m Money) Amount() string {
	places, _ := Places(m.Currency)
	s := strconv.FormatInt(m.Minor, 10)
	if places == 0 {
		return s
	}
	for len(s) <= places {
		s = "0" + s
	}
	return s[:len(s)-places] + "." + s[len(s)-places:]
}

func (m Money) String() string {
	if m.Currency == "" {
		return ""
	}
	return m.Currency + " " + m.Amount()
}
