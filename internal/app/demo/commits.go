package demo

import (
	"errors"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/archive"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/git"
	"candor/internal/item"
	"candor/internal/repo"
)

// commit is the nth of the story's with its message, or of its late ones: the files of _answers/repository/FIRST NAME/1 and so on.
// fs.ErrNotExist when there is none.
func (s story) commit(late string, n int) (tree archive.Files, message string, err error) {
	first, _, _ := strings.Cut(strings.ToLower(s.name), " ")
	dir := path.Join("_answers/repository", first, late, strconv.Itoa(n))
	tree = archive.Files{}
	err = fs.WalkDir(files, dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		tree[strings.TrimPrefix(name, dir+"/")], err = fs.ReadFile(files, name)
		return err
	})
	message = string(tree["MESSAGE"])
	delete(tree, "MESSAGE")
	return tree, message, err
}

// commits are the story's in its repository, as git would push them. Their checks run with the next jobs, of all commits once.
func (f *filler) commits(who actor.Actor, a attempt.ID, it assessment.PartItem, s story, late string) error {
	if _, ok := it.Kind.(item.Hoster); !ok {
		return nil
	}
	tip := repo.Hash("")
	for n := 1; ; n++ {
		tree, message, err := s.commit(late, n)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		var r repo.Repository
		err = f.DB.Read(f.ctx, who.Org, func(tx db.Tx) (err error) {
			if r, err = f.Repos.ByOwner(f.ctx, tx, string(a), it.Key); err != nil || tip != "" {
				return err
			}
			refs, err := f.Repos.Refs(f.ctx, tx, r.ID)
			for _, ref := range refs {
				if ref.Name == "refs/heads/"+r.Main {
					tip = ref.Hash
				}
			}
			return err
		})
		if err != nil {
			return err
		}
		f.pass(12 * time.Minute)
		ask := repo.CommitAsk{Expected: tip, Message: message, Author: git.Signature{Name: s.name, Email: s.mail()}, Received: f.DB.Now()}
		for name, text := range tree {
			ask.Changes = append(ask.Changes, repo.Change{Path: name, Data: text})
		}
		c, err := f.Repos.Commit(f.ctx, r, ask)
		if err != nil {
			return err
		}
		tip = c.Hash
	}
}
