package threadweb

import (
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"strconv"

	"candor/internal/actor"
	"candor/internal/opening"
	"candor/internal/thread"
	"candor/internal/upload"
)

// mostPosted is how many bytes a posted message may have, with one file.
const mostPosted = thread.MaxFile + 1<<20

// attached is a file as a page draws it.
type attached struct {
	ID   string
	Name string // or what it is, for whoever must not know its name
	Size string
	Href string // "" where it is not for them
}

// files draws those of a message, or of what is being written, for whoever looks.
func (p *Pages) files(who actor.Actor, list []thread.File, hidden string) (out []attached) {
	for _, f := range list {
		a := attached{ID: f.ID, Name: f.Name, Size: size(f.Bytes)}
		if a.Name == "" {
			a.Name = hidden
		}
		if f.Upload.ID != "" && p.Uploads != nil {
			a.Href = p.Uploads.Link(who, f.Upload, upload.Raw)
		}
		out = append(out, a)
	}
	return out
}

// size is a number of bytes in words.
func size(n int64) string {
	if n < 1<<20 {
		return strconv.FormatInt((n+1023)>>10, 10) + " kB"
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

// attach keeps a posted file with what is being written; nil is none.
func (p *Pages) attach(ctx context.Context, who actor.Actor, a opening.ApplicationID, item string, h *multipart.FileHeader) error {
	if h == nil {
		return nil
	}
	if h.Size > thread.MaxFile {
		return thread.ErrFileSize
	}
	f, err := h.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	return p.Threads.Attach(ctx, who, a, item, h.Filename, data)
}
