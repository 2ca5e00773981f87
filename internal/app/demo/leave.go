package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"candor/internal/archive"
	"candor/internal/assessment"
	"candor/internal/item"

	"github.com/goccy/go-yaml"
)

// publish imports an assessment and publishes it. Where items cannot be proven on this machine, because its sandbox or a language is missing,
// the parts with them are left out of what is published, and left are their titles; the whole stays beside it as a draft. Without any other part
// nothing is published: v is "".
func (f *filler) publish(tree fs.FS) (v assessment.VersionID, left []string, err error) {
	who := f.who["manager"]
	v, findings, err := f.Assessments.Import(f.ctx, who, tree, "")
	if err != nil {
		return "", nil, fmt.Errorf("%w %v", err, findings)
	}
	findings, err = f.Assessments.Publish(f.ctx, who, v, nil)
	if !errors.Is(err, assessment.ErrFindings) {
		return v, nil, err
	}
	whole, err := f.Assessments.Version(f.ctx, who.Org, v)
	if err != nil {
		return "", nil, err
	}
	parts := unproven(whole, findings)
	for _, p := range parts {
		left = append(left, p.Title)
	}
	for _, x := range findings {
		f.Config.Log.InfoContext(f.ctx, "not proven here", "path", x.Path, "why", x.Text)
	}
	if len(parts) == len(whole.Parts) {
		return "", left, nil
	}
	if tree, err = without(tree, whole, parts); err != nil {
		return "", nil, err
	}
	if v, findings, err = f.Assessments.Import(f.ctx, who, tree, whole.Assessment); err != nil {
		return "", nil, fmt.Errorf("%w %v", err, findings)
	}
	_, err = f.Assessments.Publish(f.ctx, who, v, nil)
	return v, left, err
}

// unproven are the parts with an item that a finding is about.
func unproven(v *assessment.Version, findings []item.Finding) []assessment.Part {
	var out []assessment.Part
	for _, p := range v.Parts {
		if slices.ContainsFunc(p.Items, func(it assessment.PartItem) bool {
			return slices.ContainsFunc(findings, func(x item.Finding) bool { return strings.HasPrefix(x.Path, "items/"+it.Key+"/") })
		}) {
			out = append(out, p)
		}
	}
	return out
}

// without is the tree without some of its parts, their items, and the criteria that need them.
func without(tree fs.FS, v *assessment.Version, left []assessment.Part) (fs.FS, error) {
	gone := map[string]bool{} // paths of parts and criteria by key, and of items
	for _, p := range left {
		gone["parts/"+p.Key] = true
		for _, it := range p.Items {
			gone["items/"+it.Key] = true
		}
	}
	for _, c := range v.Rubric {
		gone["rubric/"+c.Key] = slices.ContainsFunc(c.Items, func(key string) bool { return gone["items/"+key] })
	}
	out := archive.Files{}
	err := fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if gone[name] {
				return fs.SkipDir
			}
			return nil
		}
		out[name], err = fs.ReadFile(tree, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	doc := yaml.MapSlice{}
	if err := yaml.UnmarshalWithOptions(out["assessment.yaml"], &doc, yaml.UseOrderedMap()); err != nil {
		return nil, err
	}
	for i, entry := range doc {
		list, ok := entry.Value.([]any)
		if !ok {
			continue
		}
		doc[i].Value = slices.DeleteFunc(list, func(x any) bool {
			m, ok := x.(yaml.MapSlice)
			return ok && gone[path.Join(fmt.Sprint(entry.Key), fmt.Sprint(m.ToMap()["key"]))]
		})
	}
	out["assessment.yaml"], err = yaml.Marshal(doc)
	return out, err
}
