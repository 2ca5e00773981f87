package judge

import "testing"

func TestSameValue(t *testing.T) {
	for _, c := range []struct {
		kind, want, got string
		same            bool
	}{
		{"int", "1", "1", true}, {"int", "1", "1.0", true}, {"int", "1", "1.0000000001", false}, {"int", "1", "true", false}, {"int", "1", `"1"`, false}, {"int", "0", "null", false},
		{"int", "9007199254740993", "9007199254740992", false}, {"int", "123456789012345678901234567890", "123456789012345678901234567890", true},
		{"int", "123456789012345678901234567890", "123456789012345678901234567891", false}, {"int", "1", "1e999999999", false},
		{"float", "0.1", "0.10000000000000002", true}, {"float", "1e12", "1000000000000.5", true}, {"float", "1e12", "1000000002000", false}, {"float", "0", "1e-10", true}, {"float", "0", "1e-8", false},
		{"float", "3", "3.0", true}, {"float[]", "[1, 2]", "[1.0, 2.0000000000001]", true}, {"bool", "true", "true", true}, {"bool", "false", "0", false},
		{"string", `"ä"`, `"\u00e4"`, true}, {"string", `"a"`, `"A"`, false}, {"int[]", "[]", "null", true}, {"int[]", "[1]", "[]", false}, {"int[][]", "[[1],[]]", "[[1],null]", true},
		{"int[][]", "[[1]]", "[1]", false}, {"int", "1", "[1]", false}, {"string", `"a"`, `{"a": 1}`, false},
	} {
		got, err := sameValue(c.kind, []byte(c.want), []byte(c.got))
		if got != c.same || err != nil {
			t.Errorf("%s: %s and %s: %v, %v; want %v", c.kind, c.want, c.got, got, err, c.same)
		}
	}
	if _, err := sameValue("int", []byte("1"), []byte("NaN")); err == nil {
		t.Error("NaN was read as JSON")
	}
}
