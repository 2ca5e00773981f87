package payment_test

import (
	"errors"
	"testing"

	"candor/internal/payment"
	"candor/internal/problem"

	"pgregory.net/rapid"
)

func TestReadMoney(t *testing.T) {
	for _, c := range []struct{ amount, code, want, field string }{
		{"120", "eur", "EUR 120.00", ""},
		{" 120,5 ", "EUR", "EUR 120.50", ""},
		{"0.01", "USD", "USD 0.01", ""},
		{"12050", "JPY", "JPY 12050", ""},
		{"1.005", "KWD", "KWD 1.005", ""},
		{"7", "KWD", "KWD 7.000", ""},
		{"120.50", "JPY", "", "amount"},
		{"120.", "JPY", "", "amount"},
		{"1.005", "EUR", "", "amount"},
		{"-5", "EUR", "", "amount"},
		{"1.250,00", "EUR", "", "amount"},
		{"1 250", "EUR", "", "amount"},
		{"", "EUR", "", "amount"},
		{".5", "EUR", "", "amount"},
		{"0", "EUR", "", "amount"},
		{"99999999999999999999", "EUR", "", "amount"},
		{"10000000000.01", "EUR", "", "amount"},
		{"٣", "EUR", "", "amount"},
		{"120", "DEM", "", "currency"},
		{"120", "XYZ", "", "currency"},
		{"120", "", "", "currency"},
		{"120", "EURO", "", "currency"},
	} {
		m, err := payment.ReadMoney(c.amount, c.code)
		var p *problem.Problem
		errors.As(err, &p)
		switch {
		case c.field == "" && (err != nil || m.String() != c.want):
			t.Errorf("ReadMoney(%q, %q) = %s, %v; want %s", c.amount, c.code, m, err, c.want)
		case c.field != "" && (p == nil || p.Fields[c.field] == ""):
			t.Errorf("ReadMoney(%q, %q) = %s, %v; want a problem of %s", c.amount, c.code, m, err, c.field)
		}
	}
}

// What is written is read again as the same money, in currencies of every number of places.
func TestMoneyIsReadAsItIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := payment.Money{Minor: rapid.Int64Range(1, payment.MostMinor).Draw(t, "minor"), Currency: rapid.SampledFrom([]string{"EUR", "USD", "JPY", "KRW", "KWD", "TND", "CHF", "NGN"}).Draw(t, "currency")}
		got, err := payment.ReadMoney(m.Amount(), m.Currency)
		if err != nil || got != m {
			t.Fatalf("ReadMoney(%q, %s) = %+v, %v; want %+v", m.Amount(), m.Currency, got, err, m)
		}
	})
}
