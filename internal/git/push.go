package git

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Command is one change of a ref that a push asks for.
type Command struct {
	Ref      string
	Old, New Hash // Zero: to be made, to be removed
}

// Push is what comes before the pack of a push.
type Push struct {
	Commands []Command
	Caps     []string
	Shallow  bool // from a clone without its whole history
}

// Has says whether the client can do something.
func (p Push) Has(name string) bool { return slices.Contains(p.Caps, name) }

// Receives is what a server that reads pushes with [ReadPush] tells of itself.
const Receives = "report-status report-status-v2 delete-refs side-band-64k quiet atomic ofs-delta object-format=sha1 agent=candor"

// AdvertisePush writes the refs that a push begins with (gitprotocol-pack(5), reference discovery).
func AdvertisePush(w io.Writer, refs []Ref) error {
	var b bytes.Buffer
	caps := "\x00" + Receives
	for _, r := range refs {
		if err := WritePkt(&b, "%s %s%s\n", r.Hash, r.Name, caps); err != nil {
			return err
		}
		caps = ""
	}
	if len(refs) == 0 {
		if err := WritePkt(&b, "%s capabilities^{}%s\n", Zero, caps); err != nil {
			return err
		}
	}
	WriteFlush(&b)
	_, err := w.Write(b.Bytes())
	return err
}

var errPush = errors.New("git: not a push")

// ReadPush reads the commands of a push, at most max of them; what is left in r is the pack. ErrRefused, ErrTooLarge; anything else is no push at all.
// io.EOF is a push without anything, with which clients try the door.
func ReadPush(r *bufio.Reader, max int) (p Push, err error) {
	for {
		sort, line, err := ReadPkt(r)
		if err == io.EOF && len(p.Commands) > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return p, err
		}
		if sort == Flush {
			if len(p.Commands) == 0 {
				return p, io.EOF
			}
			return p, nil
		}
		text := strings.TrimSuffix(string(line), "\n")
		switch {
		case sort != Data:
			return p, errPush
		case strings.HasPrefix(text, "shallow "):
			p.Shallow = true
			continue
		case strings.HasPrefix(text, "push-cert"):
			return p, refused("signed pushes are not taken here; push without --signed.")
		}
		if len(p.Commands) == 0 {
			if cmd, caps, ok := strings.Cut(text, "\x00"); ok {
				text, p.Caps = cmd, strings.Fields(caps)
			}
		}
		c, err := command(text)
		if err != nil {
			return p, err
		}
		if len(p.Commands) == max {
			return p, ErrTooLarge.Saying(fmt.Sprintf("more than %d refs at once; push fewer.", max))
		}
		if slices.ContainsFunc(p.Commands, func(o Command) bool { return o.Ref == c.Ref }) {
			return p, errPush
		}
		p.Commands = append(p.Commands, c)
	}
}

func command(text string) (Command, error) {
	if len(text) < 83 || text[40] != ' ' || text[81] != ' ' {
		return Command{}, errPush
	}
	c := Command{Old: Hash(text[:40]), New: Hash(text[41:81]), Ref: text[82:]}
	if !c.Old.Valid() || !c.New.Valid() || strings.ContainsAny(c.Ref, "\n\x00") {
		return Command{}, errPush
	}
	return c, nil
}

// Result is what became of one command.
type Result struct {
	Command
	Refused string // "" went well
	As      string // the ref that was changed in place of the one asked for, or ""
}

// Report writes what became of a push, in the side band when the client reads that: notes as lines that its person reads, then the report.
// unpack is "" when the pack was taken.
func (p Push) Report(w io.Writer, unpack string, results []Result, notes []string) error {
	var all, report bytes.Buffer
	band := p.Has("side-band-64k")
	if band {
		for _, n := range notes {
			fmt.Fprintln(Band{&all, BandProgress}, n)
		}
	}
	if v2 := p.Has("report-status-v2"); v2 || p.Has("report-status") {
		if unpack == "" {
			unpack = "ok"
		}
		WritePkt(&report, "unpack %s\n", oneLine(unpack))
		for _, r := range results {
			if r.Refused != "" {
				WritePkt(&report, "ng %s %s\n", r.Ref, oneLine(r.Refused))
				continue
			}
			WritePkt(&report, "ok %s\n", r.Ref)
			if v2 && r.As != "" {
				WritePkt(&report, "option refname %s\n", r.As)
				WritePkt(&report, "option old-oid %s\n", Zero)
				WritePkt(&report, "option new-oid %s\n", r.New)
			}
		}
		WriteFlush(&report)
	}
	if band {
		Band{&all, BandData}.Write(report.Bytes())
		WriteFlush(&all)
	} else {
		all = report
	}
	_, err := w.Write(all.Bytes())
	return err
}

// oneLine makes a text fit into a line of the report.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 1000 {
		s = s[:1000]
	}
	return s
}
