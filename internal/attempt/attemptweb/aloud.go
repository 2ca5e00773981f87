package attemptweb

import (
	"errors"
	"net/http"

	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/upload"
	"candor/internal/web"
	"candor/internal/web/ui/spoken"

	"github.com/a-h/templ"
)

// aloud adds the question as somebody says it: the recording of a question of an interview, and the files of a kind that tells.
func (p *Pages) aloud(r *http.Request, v *itemView) error {
	if _, ok := v.Item.Kind.(item.Teller); ok && p.Files != nil {
		v.Ask.File = p.Files.Of(web.Actor(r).Org, v.V.Attempt.Version, v.Item.Key)
	}
	if err := p.piece(r, v); err != nil || v.Item.Head.Aloud == "" || p.Uploads == nil {
		return err
	}
	who := web.Actor(r)
	var u upload.Upload
	var c upload.Captions
	err := p.Uploads.DB.Read(r.Context(), who.Org, func(tx db.Tx) (err error) {
		if u, err = p.Uploads.In(r.Context(), tx, v.Item.Head.Aloud); err != nil {
			return err
		}
		c, err = p.Uploads.Captions(r.Context(), tx, u.ID)
		return err
	})
	if errors.Is(err, upload.ErrMissing) {
		return nil
	}
	if err != nil && !errors.Is(err, upload.ErrNoCaptions) {
		return err
	}
	t := func(key string) string { return v.L.T("video." + key) }
	s := spoken.View{Src: p.Uploads.Link(who, u, upload.Play), Poster: p.Uploads.Link(who, u, upload.Poster), Language: c.Language, Words: c.Cues, Name: t("asked_aloud"), Said: t("asked_words"), Gone: t("aloud_gone"),
		Picture: u.Media.Picture || u.Media.State != upload.Ready && u.Media.State != upload.Damaged}
	if len(c.Cues) > 0 {
		s.Captions = p.Uploads.Link(who, u, upload.Text)
	}
	said := spoken.Spoken(s)
	if v.Ask.Spoken != nil {
		said = templ.Join(v.Ask.Spoken, said)
	}
	v.Ask.Spoken = said
	return nil
}

// piece plays the place of another answer that a question of an interview is about.
func (p *Pages) piece(r *http.Request, v *itemView) error {
	of, _, _ := v.V.Version.Item(v.Item.Head.About.Item)
	k, ok := of.Kind.(item.Piecer)
	if !ok || v.Item.Head.About.Place == "" {
		return nil
	}
	ref := item.Ref{Org: web.Actor(r).Org, Owner: string(v.V.Attempt.ID), Version: string(v.V.Version.ID), Item: of.Key}
	body, err := item.Fetched(r.Context(), of.Kind, of.Spec, ref, v.V.Body(of))
	if err != nil {
		return err
	}
	v.Ask.Spoken = k.Piece(of.Spec, item.ReadView{Ref: ref, Body: body, Candidate: true, Link: v.Ask.Link}, v.Item.Head.About.Place, v.L.T("interview.piece"))
	return nil
}
