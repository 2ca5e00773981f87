package assessment

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/archive"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/media/vtt"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/upload"
)

// An author can say a question aloud: what they record waits beside the version they look at, and becomes a file of the next draft when they choose it.

// Unused is how long a recording waits that is put into no question.
const Unused = 30 * 24 * time.Hour

// MostTakes is how many recordings of a question wait at once.
const MostTakes = 10

// MaxSaid is how many characters what is said in one may have.
const MaxSaid = 20_000

// promptType begins the owners of such recordings.
const promptType = "ask-"

// PromptOwner is whose the recordings of a version's questions are.
func PromptOwner(v VersionID) string { return promptType + string(v) }

// IsPrompt says whether recordings are those of a question.
func IsPrompt(owner string) bool { return strings.HasPrefix(owner, promptType) }

// prompter is the kind of an item whose question can be said aloud. ErrRole, ErrMissing.
func (as *Assessments) prompter(ctx context.Context, who actor.Actor, v VersionID, itemKey string) (*Version, PartItem, item.Prompter, error) {
	if err := org.Need(who, "assessment.import"); err != nil {
		return nil, PartItem{}, nil, err
	}
	ver, err := as.Version(ctx, who.Org, v)
	if err != nil {
		return nil, PartItem{}, nil, err
	}
	it, _, ok := ver.Item(itemKey)
	k, can := it.Kind.(item.Prompter)
	if !ok || !can {
		return nil, it, nil, ErrMissing
	}
	return ver, it, k, nil
}

// Accepts says what an author may upload for a question of a version. upload.ErrMissing for everybody else.
func (as *Assessments) Accepts(ctx context.Context, who actor.Actor, s upload.Subject) (upload.Accepting, error) {
	v := VersionID(strings.TrimPrefix(s.Owner, promptType))
	if who.Kind != actor.Member || !IsPrompt(s.Owner) {
		return nil, upload.ErrMissing
	}
	_, it, k, err := as.prompter(ctx, who, v, s.Item)
	if _, refused := problem.As(err); refused {
		return nil, upload.ErrMissing
	}
	if err != nil {
		return nil, err
	}
	_, most := k.Prompt(it.Spec)
	return func(ctx context.Context, tx db.Tx) (upload.Accept, error) {
		all, err := as.Uploads.Of(ctx, tx, s.Owner, s.Item)
		if err == nil && len(all) >= MostTakes {
			err = upload.ErrQuota
		}
		return upload.Accept{Types: upload.Recordings, Most: most}, err
	}, nil
}

// Takes are what an author recorded for a question, newest first. ErrRole, ErrMissing.
func (as *Assessments) Takes(ctx context.Context, who actor.Actor, v VersionID, itemKey string) (out []upload.Upload, err error) {
	if _, _, _, err := as.prompter(ctx, who, v, itemKey); err != nil {
		return nil, err
	}
	err = as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		all, err := as.Uploads.Of(ctx, tx, PromptOwner(v), itemKey)
		for i := len(all) - 1; i >= 0 && err == nil; i-- {
			if _, err = as.Uploads.Load(ctx, who, all[i].ID); err == nil { // one's own: nobody puts another's face into a question
				out = append(out, all[i])
			} else if errors.Is(err, upload.ErrMissing) {
				err = nil
			}
		}
		return err
	})
	return out, err
}

// Prompt makes the next draft, in which a recording of the asker's is the question's, with what is said in it; "" leaves the question in words alone. The
// other recordings of the question go. ErrRole, ErrMissing, ErrMoved, ErrInvalid on recording and said, and what Import says.
func (as *Assessments) Prompt(ctx context.Context, who actor.Actor, v VersionID, newest int, itemKey string, i upload.ID, said string) (VersionID, []item.Finding, error) {
	ver, _, k, err := as.prompter(ctx, who, v, itemKey)
	if err != nil {
		return "", nil, err
	}
	var kind string
	var data []byte
	var words []vtt.Cue
	if i != "" {
		if kind, data, words, err = as.take(ctx, who, v, itemKey, i, said); err != nil {
			return "", nil, err
		}
	}
	tree, err := as.Tree(ctx, who.Org, ver.ID)
	if err != nil {
		return "", nil, err
	}
	dir, err := fs.Sub(tree, "items/"+itemKey)
	if err != nil {
		return "", nil, err
	}
	changed, err := k.Prompted(dir, kind, data, words)
	if err != nil {
		return "", nil, err
	}
	edits := Edits{}
	for name, text := range changed {
		edits["items/"+itemKey+"/"+name] = text
	}
	next, findings, err := as.Edit(ctx, who, v, newest, edits)
	if err != nil {
		return next, findings, err
	}
	return next, findings, as.DropTakes(ctx, who, v, itemKey, "")
}

// take is what plays of a recording of the asker's, with its words.
func (as *Assessments) take(ctx context.Context, who actor.Actor, v VersionID, itemKey string, i upload.ID, said string) (kind string, data []byte, words []vtt.Cue, err error) {
	u, err := as.Uploads.Load(ctx, who, i)
	if err != nil && !errors.Is(err, upload.ErrMissing) {
		return "", nil, nil, err
	}
	if u.Owner != PromptOwner(v) || u.Item != itemKey {
		u = upload.Upload{}
	}
	if words, err = u.Said(said, MaxSaid); err != nil {
		return "", nil, nil, err
	}
	kind = u.Type
	if u.Media.Type != "" {
		kind = u.Media.Type
	}
	r, err := as.Uploads.Read(ctx, u, upload.Play)
	if err != nil {
		return "", nil, nil, err
	}
	data, err = io.ReadAll(io.LimitReader(r, archive.MaxFile+1))
	return kind, data, words, errors.Join(err, r.Close())
}

// DropTakes removes a recording of a question, or with "" all that the asker made for it. ErrRole, ErrMissing.
func (as *Assessments) DropTakes(ctx context.Context, who actor.Actor, v VersionID, itemKey string, i upload.ID) error {
	list, err := as.Takes(ctx, who, v, itemKey)
	if err != nil {
		return err
	}
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		for _, u := range list {
			if i != "" && u.ID != i {
				continue
			}
			if err := as.Uploads.Remove(ctx, tx, u.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// Sweep throws away recordings that waited too long.
func (as *Assessments) Sweep(ctx context.Context, o string) error {
	return as.DB.Write(ctx, o, func(tx db.Tx) error {
		_, err := as.Uploads.RemoveUnder(ctx, tx, promptType, as.DB.Now().Add(-Unused))
		return err
	})
}
