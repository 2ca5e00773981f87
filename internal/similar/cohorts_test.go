package similar_test

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"candor/internal/similar"
)

// BenchmarkCohorts measures labelled data that lies outside of the repository. CANDOR_SIMILAR_COHORTS is a folder with a folder for each
// cohort, CANDOR_SIMILAR_LABELS a file of file_a,file_b,label,..., where files are named from their cohort's folder on, or with it. It
// writes CANDOR_SIMILAR_SCORES as file_a,file_b,score and says how often outcomes and chances were given to independent pairs (label 0)
// and to copies (label 1). With CANDOR_SIMILAR_PEOPLE, only files in folders of this name count for what is rare.
func BenchmarkCohorts(b *testing.B) {
	root := os.Getenv("CANDOR_SIMILAR_COHORTS")
	if root == "" {
		b.Skip("CANDOR_SIMILAR_COHORTS is not set")
	}
	labels := readLabels(b, os.Getenv("CANDOR_SIMILAR_LABELS"))
	out, err := os.Create(os.Getenv("CANDOR_SIMILAR_SCORES"))
	if err != nil {
		b.Fatal(err)
	}
	defer out.Close()
	w := bufio.NewWriter(out)
	fmt.Fprintln(w, "file_a,file_b,score")
	cohorts, err := os.ReadDir(root)
	if err != nil {
		b.Fatal(err)
	}
	count := map[string]float64{}
	for _, c := range cohorts {
		measureCohort(b, filepath.Join(root, c.Name()), labels, count, w)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	for _, label := range []string{"0", "1"} {
		for _, what := range []string{"strong", "look", "chance<=.01"} {
			b.ReportMetric(100*count[label+what]/max(1, count[label]), fmt.Sprintf("%%-of-%s-%s", label, what))
		}
	}
}

func readLabels(b *testing.B, name string) map[string]string {
	f, err := os.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		b.Fatal(err)
	}
	out := map[string]string{}
	for _, r := range rows {
		out[r[0]+","+r[1]], out[r[1]+","+r[0]] = r[2], r[2]
	}
	return out
}

func measureCohort(b *testing.B, dir string, labels map[string]string, count map[string]float64, w *bufio.Writer) {
	x, s := similar.NewIndex(), similar.NewStarter(nil, nil)
	people := os.Getenv("CANDOR_SIMILAR_PEOPLE")
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		p := s.Print(similar.Document{Name: name, Files: []similar.File{{Name: name, Data: data}}}, nil)
		if people != "" && !strings.HasPrefix(name, people+"/") {
			p.Role = similar.Leaked
		}
		x.Add(p)
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	r, err := x.Compare(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	label := func(a, c int) (names, label string) {
		names = x.Prints[a].Name + "," + x.Prints[c].Name
		if l, ok := labels[names]; ok {
			return names, l
		}
		names = path.Join(filepath.Base(dir), x.Prints[a].Name) + "," + path.Join(filepath.Base(dir), x.Prints[c].Name)
		return names, labels[names]
	}
	pairs := 0.0
	for _, g := range r.Groups {
		pairs += float64(g.Pairs)
	}
	if err := r.Each(b.Context(), x, func(a, c int, score float64) {
		names, l := label(a, c)
		count[l]++
		fmt.Fprintf(w, "%s,%.6f\n", names, score)
	}); err != nil {
		b.Fatal(err)
	}
	for _, p := range r.Pairs {
		_, l := label(p.A, p.B)
		switch p.Outcome {
		case similar.Strong:
			count[l+"strong"]++
		case similar.Look:
			count[l+"look"]++
		}
		if p.Expected <= .01*pairs {
			count[l+"chance<=.01"]++
		}
	}
}
