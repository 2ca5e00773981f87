package response_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"candor/internal/db"
	"candor/internal/response"

	"pgregory.net/rapid"
)

// complete is one save as its owner makes it: completed on a read, then kept.
func complete(t testing.TB, d *db.DB, s response.Save, standing response.Standing) response.Kept {
	t.Helper()
	return remembering(t, d, nil, s, standing)
}

// remembering is complete with what is remembered.
func remembering(t testing.TB, d *db.DB, bodies *response.Bodies, s response.Save, standing response.Standing) response.Kept {
	t.Helper()
	var k response.Kept
	var saves []response.Save
	err := d.Read(ctx, "o1", func(tx db.Tx) (err error) {
		saves, err = response.Complete(ctx, tx, bodies, "att_1", []response.Save{s})
		return err
	})
	if err == nil && saves[0].Unfit {
		return response.Kept{Unfit: true}
	}
	if err == nil {
		err = d.Write(ctx, "o1", func(tx db.Tx) (err error) {
			k, err = response.Keep(ctx, tx, "att_1", saves[0], standing, d.Now())
			return err
		})
	}
	if err != nil {
		t.Fatalf("%+v: %v", s, err)
	}
	bodies.Remember("o1", "att_1", saves[0], k)
	return k
}

func state(t testing.TB, d *db.DB, n int64) response.Revision {
	t.Helper()
	var r response.Revision
	err := d.Read(ctx, "o1", func(tx db.Tx) (err error) {
		r, err = response.LoadN(ctx, tx, "att_1", "a", n)
		return err
	})
	if err != nil {
		t.Fatalf("state %d: %v", n, err)
	}
	return r
}

// stored counts the rows that are whole and the characters of all bodies.
func stored(t testing.TB, d *db.DB) (whole, size int) {
	t.Helper()
	err := d.Read(ctx, "o1", func(tx db.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT COUNT(CASE WHEN base = 0 THEN 1 END), SUM(LENGTH(body)) FROM revisions WHERE org_id = $1`, "o1").Scan(&whole, &size)
	})
	if err != nil {
		t.Fatal(err)
	}
	return whole, size
}

// Two hundred small changes of a large text, with characters of one, two, three and four bytes: a whole version every 50, deltas between, and
// every state can be read as it was, also when one in the middle was fixed. Whether a version is remembered or read changes nothing of that.
func TestALargeTextIsKeptAsDeltas(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		text, bodies := strings.Repeat("naïve 日本 🙂 text\n", 1000), &response.Bodies{}
		remembering(t, d, bodies, response.Save{Item: "a", Client: "c1", Seq: 1, Body: []byte(text)}, response.OnTime)
		states := []string{"", text}
		for i := range int64(200) {
			runes := []rune(text)
			cut := (len(runes) - int(i)*17) * int(i%2)
			at, ins := len(utf16.Encode(runes[:cut])), fmt.Sprintf("é🙂%d", i)
			text = string(runes[:cut]) + ins + string(runes[cut:])
			if i%70 == 69 {
				bodies.Forget("o1", "att_1")
			}
			k := remembering(t, d, bodies, response.Save{Item: "a", Client: "c1", Seq: i + 2, Base: i + 1, Ops: []response.Op{{At: at, Ins: ins}}, SHA256: response.Hash([]byte(text))}, response.OnTime)
			if k.Unfit || k.N != i+2 {
				t.Fatalf("change %d = %+v", i, k)
			}
			states = append(states, text)
		}
		whole, size := stored(t, d)
		if whole != 4 || size > 5*len(text) {
			t.Errorf("%d whole of %d, %d characters; want 4 whole and little more than theirs (%d bytes each)", whole, len(states)-1, size, len(text))
		}
		fixed := state(t, d, 30)
		if err := d.Write(ctx, "o1", func(tx db.Tx) error { return response.Fix(ctx, tx, fixed) }); err != nil {
			t.Fatal(err)
		}
		if now, _ := stored(t, d); now != whole+1 {
			t.Errorf("%d whole after one was fixed; want %d", now, whole+1)
		}
		for n := int64(1); n < int64(len(states)); n++ {
			if r := state(t, d, n); string(r.Body) != states[n] || r.Size != len(states[n]) {
				t.Fatalf("state %d has %d bytes; want the %d that were saved", n, len(r.Body), len(states[n]))
			}
		}
		if r := current(t, d)["a"]; string(r.Body) != text {
			t.Error("the present answer is not the newest")
		}
		walked := int64(0)
		err := d.Read(ctx, "o1", func(tx db.Tx) error {
			return response.Walk(ctx, tx, "att_1", "a", func(s response.Step) error {
				if walked++; s.N != walked || string(s.Body) != states[walked] || s.Posted || s.Received.IsZero() {
					return fmt.Errorf("step %d is state %d of %d bytes, posted %v", walked, s.N, len(s.Body), s.Posted)
				}
				return nil
			})
		})
		if err != nil || walked != int64(len(states)-1) {
			t.Errorf("a walk came to %d of %d states: %v", walked, len(states)-1, err)
		}
	})
}

// What is remembered spares reading the chain, and counts only while the database says the same of it.
func TestWhatIsRememberedIsNotBelievedOverTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		chains, bodies := 0, &response.Bodies{}
		d.Watch = func(query string, _ []any) {
			if strings.Contains(query, "name: Chain") || strings.Contains(query, "name: BodyN") {
				chains++
			}
		}
		text := strings.Repeat("a line of words\n", 100)
		save := func(item string, seq int64, ins string) response.Kept {
			t.Helper()
			text += ins
			return remembering(t, d, bodies, response.Save{Item: item, Client: "c1", Seq: seq, Base: seq - 1, Ops: []response.Op{{At: len(text) - len(ins), Ins: ins}},
				SHA256: response.Hash([]byte(text))}, response.OnTime)
		}
		remembering(t, d, bodies, response.Save{Item: "a", Client: "c1", Seq: 1, Body: []byte(text)}, response.OnTime)
		for seq := int64(2); seq < 6; seq++ {
			if k := save("a", seq, "!"); k.Unfit || chains != 0 {
				t.Fatalf("%d = %+v after %d chains were read; want it kept and none", seq, k, chains)
			}
		}
		bodies.Forget("o1", "att_2")
		if save("a", 6, "!"); chains != 0 {
			t.Error("somebody else was forgotten, and the chain was read")
		}
		bodies.Forget("o1", "att_1")
		if save("a", 7, "!"); chains != 1 {
			t.Errorf("%d chains were read of what was forgotten; want 1", chains)
		}
		// As after a backup was restored: the same numbers are other versions.
		other := strings.Repeat("another line\n", 100)
		complete(t, d, response.Save{Item: "b", Client: "c1", Seq: 1, Body: []byte(other)}, response.OnTime)
		same := complete(t, d, response.Save{Item: "c", Client: "c1", Seq: 1, Body: []byte(text)}, response.OnTime)
		bodies.Remember("o1", "att_1", response.Save{Item: "b", Client: "c1", Seq: 1, Body: []byte(text)}, same)
		text = other
		if k := save("b", 2, "!"); k.Unfit {
			t.Errorf("a change of what is here = %+v; it was applied to what was remembered", k)
		}
	})
}

// What does not fit is asked for whole and nothing is kept of it; and the same version again is the same revision.
func TestAnUnfitDeltaIsAskedForWhole(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		long := strings.Repeat("a line of words\n", 10)
		complete(t, d, response.Save{Item: "a", Client: "c1", Seq: 1, Body: []byte("🙂" + long)}, response.OnTime)
		right := response.Hash([]byte("🙂!" + long))
		for _, c := range []struct {
			what string
			s    response.Save
		}{
			{"no such base", response.Save{Client: "c1", Base: 7, Ops: []response.Op{{2, 0, "!"}}, SHA256: right}},
			{"another writer's base", response.Save{Client: "c2", Base: 1, Ops: []response.Op{{2, 0, "!"}}, SHA256: right}},
			{"another hash", response.Save{Client: "c1", Base: 1, Ops: []response.Op{{2, 0, "?"}}, SHA256: right}},
			{"no hash", response.Save{Client: "c1", Base: 1, Ops: []response.Op{{2, 0, "!"}}}},
			{"into a pair", response.Save{Client: "c1", Base: 1, Ops: []response.Op{{1, 0, "!"}}, SHA256: right}},
			{"past the end", response.Save{Client: "c1", Base: 1, Ops: []response.Op{{900, 0, "!"}}, SHA256: right}},
			{"more than there is", response.Save{Client: "c1", Base: 1, Ops: []response.Op{{2, 900, "!"}}, SHA256: right}},
			{"before the start", response.Save{Client: "c1", Base: 1, Ops: []response.Op{{-1, 0, "!"}}, SHA256: right}},
			{"less than none", response.Save{Client: "c1", Base: 1, Ops: []response.Op{{2, -1, "!"}}, SHA256: right}},
			{"backwards", response.Save{Client: "c1", Base: 1, Ops: []response.Op{{5, 0, "!"}, {2, 0, "!"}}, SHA256: right}},
		} {
			c.s.Item, c.s.Seq = "a", 2
			if k := complete(t, d, c.s, response.OnTime); !k.Unfit {
				t.Errorf("%s: kept as %+v; want it asked for whole", c.what, k)
			}
		}
		if _, size := stored(t, d); size != len(long)+1 {
			t.Errorf("%d characters are stored; want those of the first version", size)
		}
		good := response.Save{Item: "a", Client: "c1", Seq: 2, Base: 1, Ops: []response.Op{{2, 0, "!"}}, SHA256: right}
		first, again := complete(t, d, good, response.OnTime), complete(t, d, good, response.OnTime)
		if first.Again || !again.Again || first.Revision != again.Revision {
			t.Errorf("a delta twice = %+v, %+v; want one revision", first, again)
		}
		complete(t, d, response.Save{Item: "a", Client: "c1", Seq: 3, Base: 2, Ops: []response.Op{{0, 3, ""}}, SHA256: response.Hash([]byte(long))}, response.Branch)
		if r := current(t, d)["a"]; string(r.Body) != "🙂!"+long {
			t.Errorf("a branch became the present answer: %q", r.Body)
		}
		if r := state(t, d, 3); string(r.Body) != long || r.Standing != response.Branch {
			t.Errorf("the branch is %+v", r)
		}
	})
}

// Whatever is replaced by whatever, in as many ops as there are, is what JavaScript would make of it.
func TestOpsCountAsJavaScriptDoes(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		client := 0
		rapid.Check(t, func(r *rapid.T) {
			client++
			name := fmt.Sprint("c", client)
			runes := rapid.SliceOfN(rapid.SampledFrom([]rune("aé日🙂\n\"")), 0, 60)
			before := runes.Draw(r, "before")
			complete(t, d, response.Save{Item: "a", Client: name, Seq: 1, Body: []byte(string(before))}, response.OnTime)
			var ops []response.Op
			var after []rune
			at, rest := 0, before
			units := func(x []rune) int { return len(utf16.Encode(x)) }
			for range rapid.IntRange(0, 4).Draw(r, "ops") {
				same := rapid.IntRange(0, len(rest)).Draw(r, "same")
				del := rapid.IntRange(0, len(rest)-same).Draw(r, "del")
				ins := runes.Draw(r, "ins")
				ops = append(ops, response.Op{At: at + units(rest[:same]), Del: units(rest[same : same+del]), Ins: string(ins)})
				after = append(append(after, rest[:same]...), ins...)
				at, rest = at+units(rest[:same+del]), rest[same+del:]
			}
			want := string(append(after, rest...))
			if ops == nil {
				ops = []response.Op{}
			}
			k := complete(t, d, response.Save{Item: "a", Client: name, Seq: 2, Base: 1, Ops: ops, SHA256: response.Hash([]byte(want))}, response.OnTime)
			if k.Unfit {
				r.Fatalf("%q with %+v is unfit; want %q", string(before), ops, want)
			}
			if got := state(t, d, k.N); string(got.Body) != want {
				r.Fatalf("%q with %+v = %q; want %q", string(before), ops, got.Body, want)
			}
		})
	})
}
