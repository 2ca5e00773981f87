package attemptweb

import (
	"slices"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/item"
)

// Kept is a sentence on the first page about what is kept of what candidates do, and the tables that it is about. A test of app compares them with
// the inventory of all tables: one that holds something of a candidate's and stands in no sentence fails it.
type Kept struct {
	Key    string // of the text
	Tables []string
	When   func(*attempt.View) bool // nil: always
}

// Keeps are these sentences, in the order of the page.
func Keeps() []Kept {
	return []Kept{
		{Key: "answers", Tables: []string{"responses", "revisions", "submission_items", "replaced_items", "afterwords"}},
		{Key: "runs", Tables: []string{"runs", "run_queue"}, When: keeps(item.KeepsRuns)},
		{Key: "pushes", Tables: []string{"repositories", "repository_refs", "repository_packs", "repository_updates", "repository_submissions", "repository_keys"}, When: keeps(item.KeepsPushes)},
		{Key: "recordings", Tables: []string{"recordings", "recording_consents", "uploads", "upload_parts", "upload_media", "upload_captions", "upload_rooms"}, When: keeps(item.KeepsRecordings)},
		{Key: "files", When: keeps(item.KeepsFiles)},   // in the tables of recordings
		{Key: "viewed", When: keeps(item.KeepsViewed)}, // a part of the answer
		{Key: "times", Tables: []string{"attempts", "sittings", "ledger", "efforts"}},
		{Key: "links", Tables: []string{"candidate_sessions", "device_codes", "invitation_links", "invitations", "applications", "audit_acts", "audit_lines"}},
		{Key: "person", Tables: []string{"candidates", "accommodations", "mails"}},
		{Key: "talk", Tables: []string{"threads", "messages", "message_drafts", "message_files", "bridge_threads", "bridge_posts", "bridge_own_rooms"}},
		{Key: "time", Tables: []string{"time_asks"}},
		{Key: "questions", Tables: []string{"questions"}, When: func(v *attempt.View) bool { return v.Attempt.Questions > 0 }},
		{Key: "interview", Tables: []string{"interviews", "interview_turns", "interview_handovers", "interview_drafts"}},
		{Key: "trial", Tables: []string{"trials", "trial_days", "trial_evaluations"}},
		{Key: "results", Tables: []string{"marks", "rulings"}},
		{Key: "compared", Tables: []string{"comparisons", "likenesses", "cases", "case_items", "case_facts", "case_words", "case_drafts"}, When: compared},
	}
}

// keeps says whether a kind of a version keeps something of the sort.
func keeps(sort item.Keeps) func(*attempt.View) bool {
	return func(v *attempt.View) bool {
		return some(v.Version, func(k item.Kind) bool {
			keeper, ok := k.(item.Keeper)
			return ok && slices.Contains(keeper.Keeps(), sort)
		})
	}
}

// compared says whether something of a version is compared with others' work.
func compared(v *attempt.View) bool {
	return some(v.Version, func(k item.Kind) bool {
		_, ok := k.(item.Fingerprinter)
		return ok
	})
}

func some(v *assessment.Version, is func(item.Kind) bool) bool {
	return slices.ContainsFunc(v.Parts, func(p assessment.Part) bool {
		return slices.ContainsFunc(p.Items, func(i assessment.PartItem) bool { return is(i.Kind) })
	})
}

// kept are the sentences about what this assessment keeps.
func (f frame) kept() (out []string) {
	for _, k := range Keeps() {
		if k.When == nil || k.When(f.V) {
			out = append(out, f.t("kept_"+k.Key))
		}
	}
	return out
}
