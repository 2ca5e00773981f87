package git

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Git's pkt-line: four hex digits of the length with themselves, then the line (gitprotocol-common(5)).
const maxPkt = 65520

// Pkt is what one pkt-line is, beside its text.
type Pkt int

// The sorts of pkt-lines.
const (
	Data Pkt = iota
	Flush
	Delim
	End
)

var errPkt = errors.New("git: not a pkt-line")

// ReadPkt reads a pkt-line; io.EOF only before its first byte.
func ReadPkt(r *bufio.Reader) (Pkt, []byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:1]); err != nil {
		return 0, nil, err
	}
	if _, err := io.ReadFull(r, head[1:]); err != nil {
		return 0, nil, io.ErrUnexpectedEOF
	}
	n, err := strconv.ParseUint(string(head[:]), 16, 16)
	switch {
	case err != nil, n == 3, n > maxPkt:
		return 0, nil, errPkt
	case n < 3:
		return Flush + Pkt(n), nil, nil
	}
	line := make([]byte, n-4)
	if _, err := io.ReadFull(r, line); err != nil {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return Data, line, nil
}

// WritePkt writes a line.
func WritePkt(w io.Writer, format string, args ...any) error {
	line := fmt.Sprintf(format, args...)
	if len(line) > maxPkt-4 {
		return errPkt
	}
	_, err := fmt.Fprintf(w, "%04x%s", len(line)+4, line)
	return err
}

// WriteFlush ends a section.
func WriteFlush(w io.Writer) error {
	_, err := io.WriteString(w, "0000")
	return err
}

// The bands of side-band-64k.
const (
	BandData     = 1
	BandProgress = 2 // shown with "remote: " before each line
	BandFatal    = 3
)

// Band writes on one band.
type Band struct {
	W io.Writer
	N byte
}

// Write writes b in as many lines as it needs.
func (s Band) Write(b []byte) (n int, err error) {
	for len(b) > 0 {
		part := b[:min(len(b), maxPkt-5)]
		if _, err := fmt.Fprintf(s.W, "%04x%c", len(part)+5, s.N); err != nil {
			return n, err
		}
		m, err := s.W.Write(part)
		n += m
		if err != nil {
			return n, err
		}
		b = b[len(part):]
	}
	return n, nil
}
