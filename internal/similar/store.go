package similar

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
)

// An index is stored as a line that names the format, the length of the prints, the prints as JSON, then the settled features: how
// many there are and, for each, how far it is from the one before, how many documents have it, and how far these are apart, as varints;
// last a CRC-32 of everything.

const format = "candor similar 2\n" // 2: features without braces and types

// ErrFormat is a stored index that cannot be read: of another format, cut off or damaged.
var ErrFormat = errors.New("similar: this is not a stored index, or it was damaged")

// maxStored bounds what a damaged length can make us allocate.
const maxStored = 1 << 31

// Save writes the index. What was learned of cohorts is not in it; it is learned again.
func (x *Index) Save(w io.Writer) error {
	x.fold()
	sum := crc32.NewIEEE()
	out := bufio.NewWriter(io.MultiWriter(w, sum))
	prints, err := json.Marshal(x.Prints)
	if err != nil {
		return fmt.Errorf("prints: %w", err)
	}
	var buf []byte
	buf = append(buf, format...)
	buf = binary.AppendUvarint(buf, uint64(len(prints)))
	buf = append(buf, prints...)
	buf = binary.AppendUvarint(buf, uint64(len(x.settled.features)))
	last := uint64(0)
	for i, f := range x.settled.features {
		docs := x.settled.docs[x.settled.starts[i]:x.settled.starts[i+1]]
		buf = binary.AppendUvarint(buf, f-last)
		buf = binary.AppendUvarint(buf, uint64(len(docs)))
		last = f
		before := uint32(0)
		for _, d := range docs {
			buf = binary.AppendUvarint(buf, uint64(d-before))
			before = d
		}
		if len(buf) > 1<<16 {
			if _, err := out.Write(buf); err != nil {
				return err
			}
			buf = buf[:0]
		}
	}
	if _, err := out.Write(buf); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return binary.Write(w, binary.LittleEndian, sum.Sum32())
}

// summed is a reader that adds up what is read of it.
type summed struct {
	*bufio.Reader
	sum uint32
}

func (s *summed) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	s.sum = crc32.Update(s.sum, crc32.IEEETable, p[:n])
	return n, err
}

func (s *summed) ReadByte() (byte, error) {
	b, err := s.Reader.ReadByte()
	if err == nil {
		s.sum = crc32.Update(s.sum, crc32.IEEETable, []byte{b})
	}
	return b, err
}

// Load reads a stored index. ErrFormat.
func Load(r io.Reader) (*Index, error) {
	in := &summed{Reader: bufio.NewReaderSize(r, 1<<16)}
	x := NewIndex()
	head := make([]byte, len(format))
	if _, err := io.ReadFull(in, head); err != nil || string(head) != format {
		return nil, ErrFormat
	}
	if err := x.load(in); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	want := in.sum
	var got uint32
	if err := binary.Read(in.Reader, binary.LittleEndian, &got); err != nil || got != want {
		return nil, ErrFormat
	}
	return x, nil
}

func (x *Index) load(in *summed) error {
	n, err := number(in, maxStored)
	if err != nil {
		return err
	}
	prints, err := io.ReadAll(io.LimitReader(in, int64(n)))
	if err != nil {
		return err
	}
	var list []Print
	if err := json.Unmarshal(prints, &list); err != nil {
		return err
	}
	for _, p := range list {
		p.Features = nil
		x.Add(p)
	}
	count, err := number(in, maxStored)
	if err != nil {
		return err
	}
	s := &x.settled
	last := uint64(0)
	for i := range count {
		step, err := number(in, math.MaxUint64)
		if err != nil {
			return err
		}
		if i > 0 && step == 0 || last > math.MaxUint64-step {
			return errors.New("features are not in order")
		}
		last += step
		docs, err := number(in, uint64(len(list)))
		if err != nil {
			return err
		}
		before := uint64(0)
		for k := range docs {
			step, err := number(in, uint64(len(list)))
			if err != nil {
				return err
			}
			if before += step; k > 0 && step == 0 || before >= uint64(len(list)) {
				return errors.New("documents are not in order")
			}
			s.docs = append(s.docs, uint32(before))
		}
		s.features, s.starts = append(s.features, last), append(s.starts, uint32(len(s.docs)))
	}
	return nil
}

// number reads a varint of at most limit.
func number(in *summed, limit uint64) (uint64, error) {
	n, err := binary.ReadUvarint(in)
	if err == nil && n > limit {
		err = errors.New("a number is out of range")
	}
	return n, err
}
