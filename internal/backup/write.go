package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"candor/internal/blob"
	"candor/internal/db"
	"candor/internal/job"
)

// chunk is how many bytes of lines are packed at once.
const chunk = 4 << 20

// Source is what is backed up.
type Source struct {
	DB      *db.DB
	Blobs   blob.Store
	Refs    []Ref    // which columns name files
	Leave   []string // tables whose rows are left out
	Program string
	Seal    string // of the installation key
	Key     []byte // the key's file; nil leaves it out
	// Notes is asked when everything else is written, for what must be known of the time since the instant of the rows; JSON.
	Notes func(ctx context.Context) ([]byte, error)
	// Progress is told how many rows and files are done; nil tells nobody.
	Progress func(done, total int, what string)
}

// Report is what was written or read.
type Report struct {
	Header Header
	Rows   int64
	Jobs   int
	Files  int
	Bytes  int64 // of the whole backup
	Absent []Absent
}

// Write writes a backup, while the installation works. temp is a folder for the lists it makes on the way, a hundred bytes a file.
func Write(ctx context.Context, w io.Writer, s Source, temp string) (out Report, err error) {
	list, err := newSpool(temp)
	if err != nil {
		return out, err
	}
	defer list.Close()
	wants, err := newSpool(temp)
	if err != nil {
		return out, err
	}
	defer wants.Close()
	k := &writer{to: w, sum: sha256.New(), list: list, made: time.Now().UTC().Truncate(time.Second)}
	k.tar = tar.NewWriter(k)
	if s.Progress == nil {
		s.Progress = func(int, int, string) {}
	}
	if err := s.rows(ctx, k, wants, &out); err != nil {
		return out, err
	}
	if err := s.files(ctx, k, wants, &out); err != nil {
		return out, err
	}
	if s.Notes != nil {
		notes, err := s.Notes(ctx)
		if err != nil {
			return out, err
		}
		if err := k.add(notesName, notes); err != nil {
			return out, err
		}
	}
	for _, a := range out.Absent {
		if err := k.list.put(line{Name: filesName + a.String(), Absent: a.Why}); err != nil {
			return out, err
		}
	}
	err = k.end()
	out.Bytes = k.n
	return out, err
}

// writer writes entries and keeps the list of them.
type writer struct {
	to   io.Writer
	n    int64
	sum  hash.Hash
	tar  *tar.Writer
	list *spool
	made time.Time
}

func (k *writer) Write(p []byte) (int, error) {
	n, err := k.to.Write(p)
	k.n += int64(n)
	k.sum.Write(p[:n])
	return n, err
}

func (k *writer) head(name string, size int64) error {
	return k.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: k.made})
}

func (k *writer) add(name string, data []byte) error {
	_, err := k.copy(name, int64(len(data)), bytes.NewReader(data))
	return err
}

// copy adds an entry of exactly size bytes and gives its hash.
func (k *writer) copy(name string, size int64, r io.Reader) (string, error) {
	if err := k.head(name, size); err != nil {
		return "", err
	}
	sum := sha256.New()
	if _, err := io.CopyN(io.MultiWriter(k.tar, sum), r, size); err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	h := hex.EncodeToString(sum.Sum(nil))
	return h, k.list.put(line{Name: name, Size: size, SHA256: h})
}

func (k *writer) end() error {
	if err := k.tar.Flush(); err != nil {
		return err
	}
	at := k.n
	size, err := k.list.size()
	if err != nil {
		return err
	}
	if err := k.head(listName, size); err != nil {
		return err
	}
	if _, err := io.Copy(k.tar, k.list.file); err != nil {
		return err
	}
	if err := k.tar.Flush(); err != nil {
		return err
	}
	n, err := k.to.Write(end([sha256.Size]byte(k.sum.Sum(nil)), at))
	k.n += int64(n)
	return err
}

// rows writes the head, every table and the jobs of one instant, and notes which files rows name.
func (s *Source) rows(ctx context.Context, k *writer, wants *spool, out *Report) error {
	return s.DB.Picture(ctx, func(p *db.Picture) error {
		out.Header = Header{Format: Format, Program: s.Program, Made: k.made, Engine: s.DB.Engine, Step: p.Step, Seal: s.Seal, Key: s.Key != nil}
		for _, t := range p.Tables {
			one := Table{Table: t, Left: slices.Contains(s.Leave, t.Name)}
			if !one.Left {
				var err error
				if one.Rows, err = p.Count(ctx, t); err != nil {
					return err
				}
			}
			out.Header.Tables = append(out.Header.Tables, one)
			out.Rows += one.Rows
		}
		head, err := json.MarshalIndent(out.Header, "", "\t")
		if err != nil {
			return err
		}
		if err := k.add(headName, head); err != nil {
			return err
		}
		if s.Key != nil {
			if err := k.add(keyName, s.Key); err != nil {
				return err
			}
		}
		done := 0
		for _, t := range out.Header.Tables {
			if t.Rows == 0 {
				continue
			}
			c := chunks{k: k, name: tableName + t.Name}
			for row, err := range p.Rows(ctx, t.Table) {
				if err != nil {
					return err
				}
				if err := encode(&c.lines, row); err != nil {
					return err
				}
				if err := c.full(); err != nil {
					return err
				}
				if done++; done%1000 == 0 {
					s.Progress(done, int(out.Rows), t.Name)
				}
			}
			if err := c.flush(); err != nil {
				return err
			}
		}
		c := chunks{k: k, name: strings.TrimSuffix(jobsName, "/")}
		err = job.Waits(ctx, p.Tx(), func(w job.Waiting) error {
			out.Jobs++
			if err := json.NewEncoder(&c.lines).Encode(w); err != nil {
				return err
			}
			return c.full()
		})
		if err != nil {
			return err
		}
		if err := c.flush(); err != nil {
			return err
		}
		for f, err := range named(ctx, p, s.Refs) {
			if err != nil {
				return err
			}
			if err := wants.put(f); err != nil {
				return err
			}
			out.Files++
		}
		return nil
	})
}

// files copies what rows name.
func (s *Source) files(ctx context.Context, k *writer, wants *spool, out *Report) error {
	if _, err := wants.size(); err != nil {
		return err
	}
	gone := map[File]bool{}
	done, d := 0, json.NewDecoder(bufio.NewReader(wants.file))
	for {
		var f File
		if err := d.Decode(&f); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		switch why, err := s.copy(ctx, k, f); {
		case errors.Is(err, blob.ErrMissing):
			gone[f] = true
		case err != nil:
			return err
		case why != "":
			out.Absent = append(out.Absent, Absent{f, why})
		}
		done++
		s.Progress(done, out.Files, "files")
	}
	if len(gone) > 0 { // rows that still name them now tell what was lost from what was erased
		err := s.DB.Picture(ctx, func(p *db.Picture) error {
			for f, err := range named(ctx, p, s.Refs) {
				if err != nil {
					return err
				}
				if gone[f] {
					out.Absent = append(out.Absent, Absent{f, Missing})
					delete(gone, f)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for f := range gone {
		out.Absent = append(out.Absent, Absent{f, Erased})
	}
	slices.SortFunc(out.Absent, func(a, b Absent) int { return strings.Compare(a.String(), b.String()) })
	out.Files = done - len(out.Absent)
	return nil
}

// copy adds one file. It is read twice, so that a damaged one does not come into the backup. blob.ErrMissing.
func (s *Source) copy(ctx context.Context, k *writer, f File) (Why, error) {
	size, err := Check(ctx, s.Blobs, f)
	if errors.Is(err, blob.ErrDamaged) {
		return Damaged, nil
	}
	if err != nil {
		return "", err
	}
	r, err := s.Blobs.Open(ctx, f.Org, f.Class, f.Hash)
	if err != nil {
		return "", err
	}
	defer r.Close()
	_, err = k.copy(filesName+f.String(), size, r)
	return "", err
}

// Check reads a file and gives its size. blob.ErrMissing, blob.ErrDamaged.
func Check(ctx context.Context, b blob.Store, f File) (int64, error) {
	r, err := b.Open(ctx, f.Org, f.Class, f.Hash)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, r)
	if err != nil {
		return 0, err
	}
	if hex.EncodeToString(sum.Sum(nil)) != string(f.Hash) {
		return 0, blob.ErrDamaged
	}
	return n, ctx.Err()
}

// chunks packs lines into entries of a bounded size.
type chunks struct {
	k     *writer
	name  string
	n     int
	lines bytes.Buffer
}

func (c *chunks) full() error {
	if c.lines.Len() < chunk {
		return nil
	}
	return c.flush()
}

func (c *chunks) flush() error {
	if c.lines.Len() == 0 {
		return nil
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return err
	}
	if _, err := c.lines.WriteTo(z); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	c.n++
	return c.k.add(fmt.Sprintf("%s/%06d.jsonl.gz", c.name, c.n), b.Bytes())
}

// spool is a file without a name, of lines of JSON.
type spool struct {
	file *os.File
	w    *bufio.Writer
	e    *json.Encoder
}

func newSpool(dir string) (*spool, error) {
	f, err := os.CreateTemp(dir, ".candor-backup-")
	if err != nil {
		return nil, err
	}
	os.Remove(f.Name())
	w := bufio.NewWriter(f)
	return &spool{f, w, json.NewEncoder(w)}, nil
}

func (s *spool) put(v any) error { return s.e.Encode(v) }

// size ends the writing and goes back to the beginning.
func (s *spool) size() (int64, error) {
	if err := s.w.Flush(); err != nil {
		return 0, err
	}
	n, err := s.file.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	_, err = s.file.Seek(0, io.SeekStart)
	return n, err
}

func (s *spool) Close() error { return s.file.Close() }
