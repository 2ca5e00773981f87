// Package item holds the contract of an item kind: what one task of an assessment is, whatever its form. A kind (choice,
// freetext, code, ...) lives in a folder of its own under item/kinds and is one line in app/kinds.go. Nobody outside that
// folder asks what a kind is called: what a kind can do beyond [Kind] it says by a one-method interface.
package item

import (
	"context"
	"io/fs"
	"net/url"
	"time"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/media/vtt"
	"candor/internal/probe"
	"candor/internal/run"
	"candor/internal/upload"

	"github.com/a-h/templ"
)

// Spec is what a kind read from an item's folder; only the kind knows its type. It is immutable and shared between requests.
type Spec any

// Kind is what every kind of item can do. A body is an answer as it is stored: JSON, at most MaxBody bytes, of the kind's own shape.
type Kind interface {
	// Name is the word in item.yaml, "choice".
	Name() string
	// Spec reads the item's folder (item.yaml and the files it names). A finding of severity Error means that the spec cannot be used.
	Spec(dir fs.FS) (Spec, []Finding)
	// Head is what all kinds have.
	Head(Spec) Head
	// Blank is the body before anything was done (starter files; "{}" where there is nothing).
	Blank(Spec) []byte
	// Check refuses a body that this kind could never have sent (shape, sizes); an incomplete answer is fine. Problems: ErrBody.
	Check(s Spec, body []byte) error
	// Form makes a body of a posted form, for the page without script. before is the body so far.
	Form(s Spec, before []byte, form url.Values) ([]byte, error)
	// Answered says whether there is anything to read in it.
	Answered(s Spec, body []byte) bool
	// Ask is the item as the candidate works on it, without the surrounding <form>. Never shows hidden tests, solutions or accepted forms.
	Ask(s Spec, v AskView) templ.Component
	// Read is the answer as a reviewer (or the candidate afterwards) reads it.
	Read(s Spec, v ReadView) templ.Component
	// Author is the whole item as its author sees it, solutions and hidden tests included.
	Author(s Spec) templ.Component
	// Redact removes from a body what names its author; names are the candidate's names, mail and handles.
	Redact(s Spec, body []byte, names []string) []byte
}

// Head is what all kinds have.
type Head struct {
	Kind      string
	Title     string
	Minutes   int       // advertised effort
	Statement string    // Markdown
	Device    string    // "" or "computer": a computer is advised
	Whole     bool      // Ask draws the whole page, title and statement within it
	Summary   string    // one line for the landing page, made from the spec: "Go, Python or TypeScript; run the tests as often as you like"
	Aloud     upload.ID // of a question of an interview: somebody says it in this recording; "" is none
	About     About     // of a question of an interview: the place of the work that it is about
}

// About is a place of another answer: of the item Item, as a [Quoter] of its kind writes it. Item "" is none, Place "" all of the answer.
type About struct{ Item, Place string }

// MaxBody is the largest body in bytes that is kept.
const MaxBody = 5 << 20

// Ref says whose answer it is.
type Ref struct {
	Org     string
	Owner   string // the attempt; "preview_..." and "practice_..." for answers that nobody keeps
	Version string // the assessment version
	Item    string // the item's key: its folder's name
	Sitting string
	// Of what is done while working: when the request's first byte came, and when the part ended or ends; zero where there is no end.
	Received, End time.Time
}

// Late says whether something that happened at an instant came after the end of the part.
func (r Ref) Late(at time.Time) bool { return !r.End.IsZero() && at.After(r.End) }

// AskView is what Ask needs beside the spec.
type AskView struct {
	Ref      Ref
	Body     []byte
	Seed     string                                // stable per candidate and item: what shuffles
	ReadOnly bool                                  // the part is over
	Alone    bool                                  // the only item of its page: a workspace
	Here     string                                // the page's own address; "" where it has no views of its own
	Query    url.Values                            // of the page's address: where in the item the candidate is
	Look     string                                // where a Looker's pages are: Look + "/" + path; "" when nothing can be looked at
	DoURL    string                                // where actions of a Doer or a Hoster are posted: DoURL + "/" + action; "" when nothing can be done
	Clone    string                                // of a Hoster: the command that copies the repository
	Carry    string                                // of a Carrier: Carry + "/files.zip" is its zip, and Carry + "/upload" takes one back
	Text     func(key string, pairs ...any) string // texts of candidate pages by message key
	Terms    string                                // of a Recorder: what a candidate agrees to before anything is recorded
	Link     Link                                  // of an Uploader or a Filer: the addresses of its files
	Files    string                                // of a Filer: where files are added; "" where none can be
	File     func(name string) string              // of a Teller: the address of a file of its folder; nil where there is none
	Spoken   templ.Component                       // the question as somebody says it, for a kind that draws the whole page; nil is none
	// Done are the results of what the candidate did so far (runs), newest first.
	Done []Event
}

// ReadView is what Read needs beside the spec.
type ReadView struct {
	Ref       Ref
	Body      []byte
	Seed      string
	Mark      *Mark // nil while there is none
	Candidate bool  // drawn for the candidate: show nothing hidden
	Done      []Event
	Here      string            // the page's own address
	Query     url.Values        // of the page's address
	Look      string            // as AskView's
	Rule      string            // where a Confirmer's rulings are posted: claim, ruling; "" when the reader may not rule
	Rulings   map[string]string // the reader's own, claim -> ruling
	Blind     bool              // the reader must not know whose it is: no picture is shown and none linked
	Link      Link              // as AskView's
}

// Link is the address of a form of an upload for whoever looks; "" where there is no such form, or it is not for them. nil has none.
type Link func(u upload.Upload, f upload.Form) string

// Mark is the automatic result of one answer. It is shown beside ratings and never merged silently.
type Mark struct {
	Share       float64 // 0..1
	Why         string  // one sentence
	Provisional bool    // a person has to confirm it
	Detail      []byte  // JSON of the kind's own shape for Read
}

// Event is something a candidate did on an item and what came of it.
type Event struct {
	ID     string
	Action string
	State  string // queued, running, done, failed
	Result []byte // JSON of the kind's own shape; already reduced to what a candidate may see
	At     int64  // milliseconds
}

// Afresh is a kind whose Form makes a body of the form alone, whatever was answered before: nobody has to read that first.
type Afresh interface{ Afresh() }

// Lacker says what of an answer is still empty or not as it was asked for, on the page where a candidate checks before they send. It holds nobody back.
type Lacker interface {
	// Lacks are sentences in the page's language.
	Lacks(s Spec, body []byte, text func(key string, pairs ...any) string) []string
}

// Marker marks at once.
type Marker interface {
	Mark(s Spec, body []byte) (Mark, error)
}

// Confirmer is a Marker of whose mark a person has the last word: an answer makes claims, and a reviewer rules on each.
type Confirmer interface {
	Marker
	// Rulable says whether an answer makes this claim and a person may rule so on it; "" takes a ruling back.
	Rulable(s Spec, body []byte, claim, ruling string) bool
	// Confirmed is the mark where people ruled: claim -> ruling. With none it is what Mark says.
	Confirmed(s Spec, body []byte, rulings map[string]string) (Mark, error)
	// Comparable says whether what was answered to one spec can be marked by another: the author mended what is expected, not the task.
	Comparable(answered, by Spec) bool
}

// Tallier sums up the marks of many answers to one item for its author; it names nobody. marks are done ones, in an order that tells nothing.
type Tallier interface {
	Tally(s Spec, marks []Mark, mend string) templ.Component
}

// Teller is a kind whose question has files that candidates are given with it: somebody says it, and what they say.
type Teller interface {
	// Told is a file by its name in the item's folder, and its type; ok is false of all that no candidate is given.
	Told(s Spec, name string) (kind string, data []byte, ok bool)
}

// Prompter is a kind whose question an author can say aloud, in a recording of the item's folder.
type Prompter interface {
	// Prompt says how long such a recording may be, in seconds, and how large, in bytes.
	Prompt(s Spec) (seconds int, most int64)
	// Prompted gives the files of the item's folder with a recording as its question, by their names in it; nil removes one. kind is its media type, words what is
	// said in it, in pieces. Without data the question is asked in words alone. Problems say what cannot be taken.
	Prompted(dir fs.FS, kind string, data []byte, words []vtt.Cue) (map[string][]byte, error)
}

// Looker has pages beside the work that change nothing: the files of a repository, a search in them.
type Looker interface {
	// Look is the page at a path below Look's address. Problems: ErrLook.
	Look(s Spec, v LookView) (templ.Component, error)
}

// LookView is what Look needs beside the spec.
type LookView struct {
	Path  string // below Base
	Base  string // the address of Look's pages
	Back  string // the address of the work
	Query url.Values
	Text  func(key string, pairs ...any) string
}

// Mender lets an author change an item's files on a page.
type Mender interface {
	// Mend is the page, without the surrounding <form>; form is what was posted and could not be taken.
	Mend(s Spec, v MendView) templ.Component
	// Mended gives the files that a posted form changes, by their names in the item's folder. Problems say which field is wrong.
	Mended(dir fs.FS, s Spec, form url.Values) (map[string][]byte, error)
}

// MendView is what Mend needs beside the spec.
type MendView struct {
	Here  string
	Query url.Values
	Form  url.Values
}

// LateMarker starts a mark in the submission's transaction and finishes it when the result is there.
type LateMarker interface {
	// Start enqueues what has to run; purpose is "graded".
	Start(ctx context.Context, tx db.Tx, ref Ref, s Spec, body []byte) error
	// Finish makes the mark from the run's result (JSON).
	Finish(s Spec, body, result []byte) (Mark, error)
}

// Unmarked is a LateMarker that has items which nobody but people judges: no mark is made of them.
type Unmarked interface {
	LateMarker
	Unmarked(s Spec) bool
}

// Doer is what a candidate can do while working: run, search, take.
type Doer interface {
	// Do starts the action and returns its event (mostly queued). body is the answer as it stands in the page. Problems say what is not possible now.
	Do(ctx context.Context, tx db.Tx, who actor.Actor, ref Ref, s Spec, action string, body []byte, input url.Values) (Event, error)
	// Events are what was done on this item, newest first, at most 20, reduced to what a candidate may see.
	Events(ctx context.Context, tx db.Tx, ref Ref, s Spec) ([]Event, error)
}

// Recorder is a kind that asks for the camera, the microphone or the screen. Nothing is recorded before the candidate has agreed.
type Recorder interface {
	// Agree keeps that the candidate agreed, with the words they were shown, in their language.
	Agree(ctx context.Context, tx db.Tx, ref Ref, terms, lang string) error
}

// Agree is the action of a page by which a Recorder's candidate agrees.
const Agree = "agree"

// Follower is a Doer of whose work something may still come after the end of the part.
type Follower interface {
	Doer
	// Follows says whether an action is taken after the end too: what it brings is kept, and marked where it is late.
	Follows(action string) bool
	// After is what stands under what was sent while something may still be on its way.
	After(s Spec, v AskView) templ.Component
}

// Tasker makes the judge's work of a run that its Doer or LateMarker started.
type Tasker interface {
	Task(ctx context.Context, s Spec, r run.Run) (run.Work, error)
}

// Keeper says what is kept of what a candidate does on an item beside the answer and its saved states, which all kinds have. Candidates read it
// before they start.
type Keeper interface {
	Keeps() []Keeps
}

// Keeps is a sort of what is kept; candidates' texts have a sentence for each.
type Keeps string

const (
	KeepsRuns   Keeps = "runs"   // what was run, with what came of it
	KeepsPushes Keeps = "pushes" // commits, and when each push came
	KeepsViewed Keeps = "viewed" // what was marked as looked at

	KeepsRecordings Keeps = "recordings" // takes, and what was agreed to before them
	KeepsFiles      Keeps = "files"      // files that were added to an answer
)

// Prover proves an item before it is published: reference solutions pass, wrong ones fail as declared.
type Prover interface {
	Prove(ctx context.Context, s Spec, progress func(done, total int, what string)) []Finding
}

// Anchorer names the places of an answer that evidence and comments point to.
type Anchorer interface {
	// Anchors lists the places ("limiter.go:12"), Label says one in words.
	Label(s Spec, body []byte, anchor string) (string, bool)
}

// Fingerprinter gives what to compare for similarity: file name -> text.
type Fingerprinter interface {
	// Documents are what the candidate wrote.
	Documents(s Spec, body []byte) map[string]string
	// Sources are the author's texts that stand beside the candidates'. No candidate sees a solution or a leaked one.
	Sources(s Spec) []Source
}

// Prober finds in an answer what is worth a question to its author, for explain-back.
type Prober interface {
	// Probes are what was found, the preferred ones first; none where there is too little. They depend on the work alone: the starter, what was
	// sent, and the moments that the candidate chose (runs, commits). They may name the author; whoever shows them strikes that.
	Probes(ctx context.Context, tx db.Tx, ref Ref, s Spec, body []byte) ([]probe.Probe, error)
}

// Source is a text that an author has of an item.
type Source struct {
	Name  string // "accepted/go/fast"
	Role  SourceRole
	Files map[string]string
}

// SourceRole says what a source is.
type SourceRole string

const (
	Starter  SourceRole = "starter"  // everybody was given it
	Solution SourceRole = "solution" // the author's own
	Leaked   SourceRole = "leaked"   // went round outside
)

// Severity of a finding.
type Severity string

const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Finding is one thing that lint says about a file.
type Finding struct {
	Path     string // relative to the folder that was read
	Line     int    // 1-based; 0 when it is about the whole file
	Col      int
	Severity Severity
	Text     string // what is wrong and what to do
}

// Kinds is the list of kinds, in the order of app/kinds.go.
type Kinds []Kind

// Named finds a kind by its word.
func (ks Kinds) Named(name string) (Kind, bool) {
	for _, k := range ks {
		if k.Name() == name {
			return k, true
		}
	}
	return nil, false
}
