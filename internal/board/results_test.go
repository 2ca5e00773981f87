package board_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"candor/internal/actor"
	"candor/internal/board"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/review/reviewtest"

	"github.com/xuri/excelize/v2"
)

// exported are the cells of an export, by both formats' own readers.
func (w world) exported(t *testing.T, who actor.Actor, f board.Format) [][]string {
	t.Helper()
	var b bytes.Buffer
	if err := w.b.Results(ctx, who, w.Opening, f, &b, func(opening.Opening) {}); err != nil {
		t.Fatal(err)
	}
	if f == board.XLSX {
		file, err := excelize.OpenReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := file.GetRows("Results")
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// Both formats keep one contract: the same table, with nothing in it that a spreadsheet would run.
func TestResultsAreATableWithoutFormulas(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		amara := w.rated("Amara Okafor")
		w.ratedAs(`=HYPERLINK("https://evil.example","Ben")`, "ben@mail.example")
		w.ratedAs("＝cmd|calc Lena", "lena@mail.example")
		if err := w.Openings.Tag(ctx, w.Rosa, amara, "+1 referral", true); err != nil {
			t.Fatal(err)
		}
		if _, err := w.b.Do(ctx, w.Rosa, w.Opening, []opening.ApplicationID{amara}, board.Order{Act: board.Advance, Reason: "Clear."}); err != nil {
			t.Fatal(err)
		}
		var first [][]string
		for _, f := range []board.Format{board.CSV, board.XLSX} {
			got := w.exported(t, w.Owner, f)
			if len(got) != 4 {
				t.Fatalf("%s: %d rows; want a head and three people", f, len(got))
			}
			head := strings.Join(got[0], "|")
			for _, want := range []string{"Candidate|E-mail|Tags|Stage|State", "Levels: clear|Levels: right", "Days from sent to decision"} {
				if !strings.Contains(head, want) {
					t.Errorf("%s: the head %q lacks %q", f, head, want)
				}
			}
			row := strings.Join(got[1], "|")
			for _, want := range []string{"Amara Okafor|amara@mail.example|'+1 referral|Screen|Under way", "|100|2|2, 3|1, 2|", "|Advance|"} {
				if !strings.Contains(row, want) {
					t.Errorf("%s: %q lacks %q", f, row, want)
				}
			}
			for _, r := range got {
				for _, c := range r {
					if c != "" && strings.ContainsRune("=+-@＝", []rune(c)[0]) {
						t.Errorf("%s: a cell begins like a formula: %q", f, c)
					}
				}
			}
			if first == nil {
				first = got
			} else if got[2][0] != first[2][0] || got[3][0] != first[3][0] {
				t.Errorf("the formats differ: %q, %q", got[2:], first[2:])
			}
		}
	})
}

func TestResultsKeepTheBlindBlind(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, w.Kit.ID, opening.Reviewer, true); err != nil {
			t.Fatal(err)
		}
		if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, w.Mina.ID, opening.Reviewer, false); err != nil {
			t.Fatal(err)
		}
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		w.File(w.Jun, n, reviewtest.Card(3, 1))
		if err := w.Openings.Tag(ctx, w.Rosa, n.Application, "canary", true); err != nil {
			t.Fatal(err)
		}
		for _, f := range []board.Format{board.CSV, board.XLSX} {
			got := w.exported(t, w.Kit, f)
			if row := strings.TrimRight(strings.Join(got[1], "|"), "|"); row != "Candidate "+string(n.Code)+"|||Screen|Under way" {
				t.Errorf("%s: a manager who reads this blind gets %q", f, row)
			}
		}
		for _, who := range []actor.Actor{w.Mina, w.Jun} {
			if err := w.b.Results(ctx, who, w.Opening, board.CSV, new(bytes.Buffer), func(opening.Opening) { t.Error("it began") }); !errors.Is(err, opening.ErrRole) && !errors.Is(err, opening.ErrMissing) {
				t.Errorf("somebody of the pool: %v", err)
			}
		}
		err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			var n int
			err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM audit_acts WHERE org_id = $1 AND verb = 'opening.export'`, tx.Org).Scan(&n)
			if n != 2 {
				t.Errorf("%d exports are on record; want two", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
