package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/privacy"
	"candor/internal/recording"
	"candor/internal/secret"
	"candor/internal/upload"
	"candor/internal/web/locale"
)

// takeID is what the device of somebody calls their n-th recording.
func takeID(name string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", name, n))
	return "rec_" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:26])
}

// sends uploads a recording of _answers/recordings as a device would, and gives its upload when it has been looked at.
func (f *filler) sends(who actor.Actor, s upload.Subject, file string) (upload.ID, error) {
	data, err := files.ReadFile("_answers/recordings/" + file + ".webm")
	if err != nil {
		return "", err
	}
	u, err := f.Uploads.Create(f.ctx, who, s, -1)
	if err != nil {
		return "", err
	}
	if _, err := f.Uploads.Append(f.ctx, who, u.ID, 0, bytes.NewReader(data)); err != nil {
		return "", err
	}
	if _, err := f.Uploads.Finish(f.ctx, who, u.ID, upload.Claim{Hash: secret.Hash(string(data)), Length: int64(len(data))}); err != nil {
		return "", err
	}
	return u.ID, f.Jobs.Drain(f.ctx)
}

// records has somebody agree and answer a turn with a recording: the body of the answer.
func (f *filler) records(who actor.Actor, a attempt.ID, key string, take recording.ID, t turn) ([]byte, error) {
	of := recording.Of{Owner: string(a), Item: key}
	terms := locale.For("en").T("attempt.terms", "org", f.org.Name, "who", locale.For("en").T("attempt.terms_team", "org", f.org.Name), "months", privacy.Words(f.org).Months, "days", privacy.Pictures(f.org).Days)
	err := f.DB.Write(f.ctx, f.org.ID, func(tx db.Tx) error {
		if err := f.Recordings.Agree(f.ctx, tx, of, terms, "en"); err != nil {
			return err
		}
		_, err := f.Recordings.Begin(f.ctx, tx, of, take, recording.Video, 3, false)
		return err
	})
	if err != nil {
		return nil, err
	}
	f.pass(12 * time.Second)
	err = f.DB.Write(f.ctx, f.org.ID, func(tx db.Tx) error {
		_, err := f.Recordings.Move(f.ctx, tx, of, take, recording.Stop, recording.Take{Length: 12 * time.Second})
		return err
	})
	if err != nil {
		return nil, err
	}
	if _, err := f.sends(who, upload.Subject{Owner: string(a), Item: key, Purpose: string(take)}, t.recorded); err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{"take": take, "said": map[recording.ID]string{take: t.answer}})
}
