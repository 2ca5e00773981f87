package git

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// Kind is the sort of an object.
type Kind string

// The kinds.
const (
	CommitKind Kind = "commit"
	TreeKind   Kind = "tree"
	BlobKind   Kind = "blob"
	TagKind    Kind = "tag"
)

// What stands in the head of an object in a pack (gitformat-pack(5)).
var packKinds = map[Kind]byte{CommitKind: 1, TreeKind: 2, BlobKind: 3, TagKind: 4}

const (
	ofsDelta = 6
	refDelta = 7
)

// Packer makes a pack of whole objects in memory. The zero value is empty.
type Packer struct {
	body bytes.Buffer
	seen map[Hash]bool
}

// Add adds an object and gives its name; the same object again is free.
func (p *Packer) Add(k Kind, data []byte) Hash {
	h := HashOf(k, data)
	if p.seen[h] {
		return h
	}
	if p.seen == nil {
		p.seen = map[Hash]bool{}
	}
	p.seen[h] = true
	n := len(data)
	c := packKinds[k]<<4 | byte(n&15)
	for n >>= 4; n > 0; n >>= 7 {
		p.body.WriteByte(c | 0x80)
		c = byte(n & 0x7f)
	}
	p.body.WriteByte(c)
	z := zlib.NewWriter(&p.body)
	z.Write(data)
	z.Close()
	return h
}

// Len is how many objects it holds, Size how many bytes they take.
func (p *Packer) Len() int { return len(p.seen) }

// Size is how many bytes they take.
func (p *Packer) Size() int64 { return int64(p.body.Len()) }

// Pack is the pack as it goes over the wire.
func (p *Packer) Pack() io.Reader {
	head := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), uint32(len(p.seen)))
	sum := sha1.New()
	sum.Write(head)
	sum.Write(p.body.Bytes())
	return io.MultiReader(bytes.NewReader(head), bytes.NewReader(p.body.Bytes()), bytes.NewReader(sum.Sum(nil)))
}

// HashOf is the name of an object.
func HashOf(k Kind, data []byte) Hash {
	s := sha1.New()
	fmt.Fprintf(s, "%s %d\x00", k, len(data))
	s.Write(data)
	return Hash(hex.EncodeToString(s.Sum(nil)))
}

// PackLimits bound a pack that strangers made: its bytes, its objects, one object unpacked and all of them.
type PackLimits struct {
	Bytes, Object, Inflated int64
	Objects                 int
}

// Gate copies a pack from r to w and looks at each object before its bytes go on: what it is, how large it says it is unpacked (also what a delta
// makes of it), and how large it is. So no bomb reaches git. It checks no names: git does. ErrTooLarge; ErrRefused is no whole pack.
// It gives the number of objects.
func Gate(r io.Reader, w io.Writer, l PackLimits) (objects int, err error) {
	g := &gate{in: bufio.NewReaderSize(r, 64<<10), out: bufio.NewWriterSize(w, 64<<10), left: l.Bytes, l: l}
	objects, err = g.pack()
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = refused("the push broke off before its end. Push again.")
	case errors.Is(err, zlib.ErrHeader), errors.Is(err, zlib.ErrChecksum), errors.Is(err, errPack), errors.As(err, new(flate.CorruptInputError)):
		err = refused("the pack is damaged. Try git fsck on your side, and push again.")
	}
	return objects, errors.Join(err, g.out.Flush())
}

var errPack = errors.New("git: not a pack")

type gate struct {
	in       *bufio.Reader
	out      *bufio.Writer
	left     int64 // bytes
	inflated int64
	l        PackLimits
	z        io.ReadCloser
	buf      [32 << 10]byte
}

// ReadByte and Read are what zlib reads with: not a byte more than the object has.
func (g *gate) ReadByte() (byte, error) {
	b, err := g.in.ReadByte()
	if err != nil {
		return 0, err
	}
	if g.left--; g.left < 0 {
		return 0, ErrTooLarge.Saying(fmt.Sprintf("more than %d MiB in one push. Push in smaller steps, or leave large files out.", g.l.Bytes>>20))
	}
	return b, g.out.WriteByte(b)
}

func (g *gate) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := g.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}

func (g *gate) pack() (int, error) {
	var head [12]byte
	if _, err := io.ReadFull(g, head[:]); err != nil {
		return 0, err
	}
	if v := binary.BigEndian.Uint32(head[4:]); string(head[:4]) != "PACK" || v != 2 && v != 3 {
		return 0, errPack
	}
	n := binary.BigEndian.Uint32(head[8:])
	if int64(n) > int64(g.l.Objects) {
		return 0, ErrTooLarge.Saying(fmt.Sprintf("%d objects in one push; %d are the most. Leave out what a build or a package manager makes, such as node_modules.", n, g.l.Objects))
	}
	for range n {
		if err := g.object(); err != nil {
			return 0, err
		}
	}
	var sum [20]byte
	_, err := io.ReadFull(g, sum[:])
	return int(n), err
}

func (g *gate) object() error {
	c, err := g.ReadByte()
	if err != nil {
		return err
	}
	kind, size := c>>4&7, int64(c&15)
	for shift := 4; c&0x80 != 0; shift += 7 {
		if c, err = g.ReadByte(); err != nil {
			return err
		}
		if shift > 53 {
			return errPack
		}
		size |= int64(c&0x7f) << shift
	}
	switch kind {
	case 1, 2, 3, 4:
	case ofsDelta:
		for c = 0x80; c&0x80 != 0; {
			if c, err = g.ReadByte(); err != nil {
				return err
			}
		}
	case refDelta:
		var base [20]byte
		if _, err := io.ReadFull(g, base[:]); err != nil {
			return err
		}
	default:
		return errPack
	}
	if err := g.grow(size); err != nil {
		return err
	}
	return g.inflate(kind, size)
}

// grow counts what unpacking makes.
func (g *gate) grow(size int64) error {
	if g.inflated += size; size > g.l.Object {
		return ErrTooLarge.Saying(fmt.Sprintf("a file of %d MiB; %d MiB are the most for one file.", (size+1<<20-1)>>20, g.l.Object>>20))
	}
	if g.inflated > g.l.Inflated {
		return ErrTooLarge.Saying(fmt.Sprintf("unpacked, this push is larger than %d MiB.", g.l.Inflated>>20))
	}
	return nil
}

// inflate reads an object's bytes, which must be as many as its head says. A delta begins with the sizes of its base and of what it makes.
func (g *gate) inflate(kind byte, size int64) (err error) {
	if g.z == nil {
		g.z, err = zlib.NewReader(g)
	} else {
		err = g.z.(zlib.Resetter).Reset(g, nil)
	}
	if err != nil {
		return err
	}
	if kind == ofsDelta || kind == refDelta {
		var head [20]byte
		n, err := io.ReadFull(g.z, head[:min(size, int64(len(head)))])
		if err != nil {
			return err
		}
		_, used := varint(head[:n])
		made, more := varint(head[used:n])
		if used == 0 || more == 0 {
			return errPack
		}
		if err := g.grow(made); err != nil {
			return err
		}
		size -= int64(n)
	}
	for {
		n, err := g.z.Read(g.buf[:])
		if size -= int64(n); size < 0 {
			return errPack
		}
		switch {
		case err == io.EOF && size == 0:
			return nil
		case err == io.EOF:
			return errPack
		case err != nil:
			return err
		}
	}
}

// varint reads a size as deltas hold them: seven bits a byte, the low ones first. n is 0 for none.
func varint(b []byte) (v int64, n int) {
	for i, c := range b {
		if i > 7 {
			return 0, 0
		}
		if v |= int64(c&0x7f) << (7 * i); c&0x80 == 0 {
			return v, i + 1
		}
	}
	return 0, 0
}
