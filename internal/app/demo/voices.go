package demo

import (
	"encoding/json"
	"hash/fnv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/survey"
)

// pilot has two colleagues take an assessment first: they need longer than it says.
func (f *filler) pilot(tree string) error {
	v, ok := f.version[tree]
	if !ok {
		return nil
	}
	whole, err := f.Assessments.Version(f.ctx, f.org.ID, v)
	if err != nil {
		return err
	}
	for i, key := range []string{"reviewer", "reviewer3"} {
		for _, p := range whole.Parts {
			for _, it := range p.Items {
				if err := f.Assessments.BeginPilot(f.ctx, f.who[key], v, it.Key); err != nil {
					return err
				}
				f.pass(time.Duration(max(1, it.Head.Minutes)*(13+2*i)) * time.Minute / 10)
				if err := f.Assessments.EndPilot(f.ctx, f.who[key], v, it.Key, 0); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// ponders is the task that takes people longer than its part says.
const ponders = "explain-the-incident"

// ponder has somebody think about that task, with a state of their text kept every few minutes.
func (f *filler) ponder(who actor.Actor, v *attempt.View, sit attempt.Sitting, it assessment.PartItem, s story, d draft) (saves int64, err error) {
	var body struct {
		Text []string `json:"text"`
	}
	if it.Key != ponders || s.until < submitted || json.Unmarshal(d.body, &body) != nil || len(body.Text) != 1 {
		return 0, nil
	}
	sum := fnv.New32a()
	sum.Write([]byte(s.name))
	words, minutes := strings.Fields(body.Text[0]), 11+int(sum.Sum32()%12)
	for done := 0; done < minutes; done += 3 {
		f.pass(3 * time.Minute)
		raw, err := json.Marshal(map[string][]string{"text": {strings.Join(words[:len(words)*done/minutes], " ")}})
		if err != nil {
			return saves, err
		}
		saves++
		if err := f.save(who, v, sit, it, saves, draft{body: raw}); err != nil {
			return saves, err
		}
	}
	return saves, nil
}

// voices are what sample candidates say of how it was, in the order of the questions; "later" and "refused" are what they make of being asked.
var voices = map[string]string{
	"Yusuf Demir": "yes longer partly yes no", "Priya Raman": "yes same yes yes no", "Oskar Nowak": "partly longer yes yes either", "Grace Mwangi": "yes longer yes yes no", "Daniel Cohen": "no much partly yes yes",
	"Samuel Adeyemi": "later", "Chloe Martin": "later", "Lena Fischer": "refused",
	"Sofia Almeida": "yes same yes yes no", "Marek Novotny": "yes same partly yes no", "Aisha Bello": "yes shorter yes yes either", "Lucas Moreau": "partly longer no partly yes", "Hanna Virtanen": "yes same yes yes no",
}

// voice answers the survey of the first stage.
func (f *filler) voice(who actor.Actor, s story) error {
	says := strings.Fields(voices[s.name])
	switch {
	case len(says) == 0 || s.opening == "":
		return nil
	case len(says) == 1:
		return f.Surveys.Put(f.ctx, who, survey.State(says[0]))
	}
	w, answers := survey.Newest(), map[string]string{}
	for i, q := range w.Questions {
		answers[q.Key] = says[i]
	}
	return f.Surveys.Answer(f.ctx, who, w.Number, answers)
}
