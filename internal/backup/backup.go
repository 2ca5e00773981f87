// Package backup keeps a whole installation in one file, and makes an installation of it again.
//
// The file is an ordinary tar. It begins with what it is ([Header]); then come the rows of every table that the schema has, parents first and in
// the order of their keys, as lines of JSON that are the same on SQLite and on PostgreSQL; the jobs that wait; the files that rows name; and a list
// of all of these with size and SHA-256. The last 2,048 bytes hold the SHA-256 of everything before them. So no byte of it can change or be
// missing unnoticed, nothing of it is larger in memory than one chunk, and it goes from one engine to the other and back.
//
// All rows are of one instant. Files are copied after it: their bytes never change, and they were synced before the row that names them. One that
// is gone by then is gone because what named it was erased meanwhile; where a row still names it, it is missing, and the backup says so.
//
// The installation key is left out unless it is asked for: whoever has both can make everybody's links.
package backup

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"candor/internal/blob"
	"candor/internal/db"
	"candor/internal/problem"
)

// Format is the newest format that this program reads, and the one it writes.
const Format = 1

// Header is what a backup says of itself.
type Header struct {
	Format  int       `json:"format"`
	Program string    `json:"program"` // which build wrote it
	Made    time.Time `json:"made"`
	Engine  db.Engine `json:"engine"`
	Step    int64     `json:"step"`           // the schema's newest step
	Seal    string    `json:"seal,omitempty"` // tells the installation key from another; "" when there was none
	Key     bool      `json:"key"`            // the key is in it
	Tables  []Table   `json:"tables"`
}

// Table is a table with the number of its rows.
type Table struct {
	db.Table
	Rows int64 `json:"rows"`
	Left bool  `json:"left,omitempty"` // its rows are left out
}

// Ref is a column that names files by their hash, in a table with an org_id.
type Ref struct {
	Table, Column string
	Class         blob.Class
}

// File is one file that a row names.
type File struct {
	Org   string
	Class blob.Class
	Hash  blob.Hash
}

func (f File) String() string { return f.Org + "/" + string(f.Class) + "/" + string(f.Hash) }

// Why a file that a row names is not in the backup.
type Why string

const (
	Erased  Why = "erased"  // what named it was erased while the backup was made
	Missing Why = "missing" // it was not there
	Damaged Why = "damaged" // its bytes were not those of its name
)

// Absent is a file that is not in the backup.
type Absent struct {
	File
	Why Why
}

// What can be wrong with a backup. Each sentence says what to do.
var (
	ErrNone     = problem.New(problem.Invalid, "backup_none", "This file is not a backup of Candor.")
	ErrCut      = problem.New(problem.Invalid, "backup_cut", "This backup was cut off: its end is not there. Take another copy of it, or another backup.")
	ErrDamaged  = problem.New(problem.Invalid, "backup_damaged", "This backup is damaged. Take another copy of it, or another backup.")
	ErrNewer    = problem.New(problem.Invalid, "backup_newer", "This backup was made by a newer Candor. Update Candor here first.")
	ErrDiffers  = problem.New(problem.Invalid, "backup_differs", "What was restored is not what the backup holds.")
	ErrNotEmpty = problem.New(problem.Conflict, "backup_not_empty", "There is something already.")
)

func damaged(format string, args ...any) error {
	return ErrDamaged.Saying(fmt.Sprintf("This backup is damaged: "+format, args...) + " Take another copy of it, or another backup.")
}

// The names in a backup, in this order.
const (
	headName  = "candor-backup.json"
	keyName   = "secret.key"
	tableName = "tables/" // tables/attempts/000001.jsonl.gz
	jobsName  = "jobs/"
	filesName = "files/" // files/<org>/<class>/<sha256>
	notesName = "notes.json"
	listName  = "list.jsonl"
	endName   = "end"
)

// line is one of the list.
type line struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256,omitempty"`
	Absent Why    `json:"absent,omitempty"`
}

// endSize is that of the last entry: a tar header, its content, and the two empty blocks that end a tar.
const endSize = 4 * 512

// end is the last entry: the hash of everything before it, and where the list begins.
func end(sum [sha256.Size]byte, list int64) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	text := fmt.Sprintf("%x %d\n", sum, list)
	if err := w.WriteHeader(&tar.Header{Name: endName, Mode: 0o600, Size: int64(len(text)), Format: tar.FormatUSTAR}); err != nil {
		panic(err) // of constants
	}
	io.WriteString(w, text)
	w.Close()
	return b.Bytes()
}

// readEnd gives what end was given, from exactly its bytes.
func readEnd(raw []byte) (sum [sha256.Size]byte, list int64, err error) {
	r := tar.NewReader(bytes.NewReader(raw))
	if _, err := r.Next(); err != nil {
		return sum, 0, err
	}
	var text string
	if _, err := fmt.Fscanf(r, "%s %d\n", &text, &list); err != nil {
		return sum, 0, err
	}
	if n, err := hex.Decode(sum[:], []byte(text)[:min(len(text), 2*sha256.Size)]); err != nil || n != sha256.Size {
		return sum, 0, errors.New("no hash")
	}
	if !bytes.Equal(end(sum, list), raw) {
		return sum, 0, errors.New("other bytes")
	}
	return sum, list, nil
}

// file is the file that an entry's name is of.
func file(name string) (File, bool) {
	rest, ok := strings.CutPrefix(name, filesName)
	part := strings.Split(rest, "/")
	if !ok || len(part) != 3 {
		return File{}, false
	}
	return File{part[0], blob.Class(part[1]), blob.Hash(part[2])}, true
}

// encode is a row as a line: the values in the order of the columns.
func encode(b *bytes.Buffer, row []any) error {
	out := make([]any, len(row))
	for i, v := range row {
		out[i] = v
		switch x := v.(type) {
		case []byte:
			out[i] = raw{x}
		case string:
			if strings.ToValidUTF8(x, "") != x { // JSON has no word for these bytes
				out[i] = raw{[]byte(x)}
			}
		}
	}
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	return e.Encode(out)
}

// raw are bytes as JSON has them.
type raw struct {
	Base64 []byte `json:"base64"`
}

// decode is encode's inverse.
func decode(text []byte, columns []db.Field) ([]any, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil {
		return nil, err
	}
	if len(parts) != len(columns) {
		return nil, fmt.Errorf("%d values of %d columns", len(parts), len(columns))
	}
	row := make([]any, len(parts))
	for i, p := range parts {
		if string(p) == "null" {
			continue
		}
		v, err := value(p, columns[i].Type)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", columns[i].Name, err)
		}
		row[i] = v
	}
	return row, nil
}

func value(p json.RawMessage, t db.Type) (any, error) {
	if len(p) > 0 && p[0] == '{' {
		var r raw
		err := json.Unmarshal(p, &r)
		if t == db.Text {
			return string(r.Base64), err
		}
		return r.Base64, err
	}
	switch t {
	case db.Integer:
		var n int64
		err := json.Unmarshal(p, &n)
		return n, err
	case db.Boolean:
		var b bool
		err := json.Unmarshal(p, &b)
		return b, err
	}
	var s string
	err := json.Unmarshal(p, &s)
	return s, err
}
