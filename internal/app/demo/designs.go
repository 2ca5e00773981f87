package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/item"
	"candor/internal/response"

	"github.com/goccy/go-yaml"
)

// designed is an answer of _answers/design/FIRST NAME/answer.yaml.
type designed struct {
	Text  map[string]string // by section
	Files []struct{ Section, File, Shows string }
}

// design writes the document of a story and adds its pictures, as the candidate's page does; nothing where the item takes none or the story has none.
func (f *filler) design(who actor.Actor, v *attempt.View, sit attempt.Sitting, it assessment.PartItem, s story) error {
	k, ok := it.Kind.(item.Filer)
	if !ok {
		return nil
	}
	first, _, _ := strings.Cut(strings.ToLower(s.name), " ")
	dir := path.Join("_answers/design", first)
	raw, err := files.ReadFile(path.Join(dir, "answer.yaml"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var d designed
	if err == nil {
		err = yaml.Unmarshal(raw, &d)
	}
	if err != nil {
		return err
	}
	form := map[string][]string{}
	for section, text := range d.Text {
		form["text-"+section] = []string{text}
	}
	ref := item.Ref{Org: who.Org, Owner: string(v.Attempt.ID), Version: string(v.Attempt.Version), Item: it.Key, Sitting: string(sit.ID)}
	body, err := it.Kind.Form(it.Spec, nil, form)
	if err != nil {
		return err
	}
	seq := int64(0)
	keep := func() error {
		seq++
		_, err := f.Attempts.Save(f.ctx, who, attempt.SaveRequest{Sitting: sit.ID, Epoch: 1, Received: f.DB.Now(),
			Saves: []response.Save{{Item: it.Key, Client: "c_demo", Seq: seq, Body: body}}})
		return err
	}
	if err := keep(); err != nil {
		return err
	}
	for _, x := range d.Files {
		f.pass(4 * time.Minute)
		data, err := files.ReadFile(path.Join(dir, x.File))
		if err != nil {
			return err
		}
		after, err := k.Attach(f.ctx, who, ref, it.Spec, body, x.Section, item.File{Name: x.File, Data: data})
		if err != nil {
			return fmt.Errorf("%s: %w", x.File, err)
		}
		// what it shows is typed into the field that names it
		if body, err = it.Kind.Form(it.Spec, nil, said(after, x.Shows)); err != nil {
			return err
		}
		if err := keep(); err != nil {
			return err
		}
	}
	return nil
}

// said is a body as a page posts it, with words in the fields that were empty.
func said(body []byte, words string) map[string][]string {
	form := map[string][]string{}
	_ = json.Unmarshal(body, &form) // as every page of a document is
	for name, values := range form {
		if strings.HasPrefix(name, "alt-") && strings.Join(values, "") == "" {
			form[name] = []string{words}
		}
	}
	return form
}
