package media

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"sync"

	"candor/internal/problem"

	"github.com/bep/imagemeta"
	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// Limits of pictures.
const (
	// MostPixels is how many pixels a picture may have before it is made smaller: 25 million, 100 MB while it is looked at.
	MostPixels = 25_000_000
	// MostSide is how many pixels a side of a picture has that is kept; a larger one is made smaller.
	MostSide = 4096
	// quality of a JPEG that is written anew (image/jpeg, 1 to 100).
	quality = 90
)

var (
	// ErrPicture: no PNG, JPEG or WebP, or one that is broken or moves.
	ErrPicture = problem.New(problem.Invalid, "picture_broken", "This picture cannot be read: it is broken, it moves, or it is no PNG, JPEG or WebP. Save it as PNG and add that.")
	// ErrPixels: it would take too much memory to look at.
	ErrPixels = problem.New(problem.TooLarge, "picture_pixels", "This picture has more than 25 million pixels. Make it smaller, or cut out what counts, and add that.")
)

// Image is a picture that was written anew: nothing is in it but what is seen.
type Image struct {
	Data          []byte
	Type          string // image/png or image/jpeg
	Width, Height int    // pixels
}

// one picture is looked at at a time: each may take a few hundred MB for a moment.
var one sync.Mutex

// Picture reads a PNG, JPEG or WebP that somebody sent and writes it anew, upright, at most MostSide on each side: metadata (who, where, with what),
// previews and whatever hides behind the picture are gone. Its size is known before anything is unpacked. ErrPicture, ErrPixels.
func Picture(data []byte) (Image, error) {
	kind := Sniff(data)
	r := bytes.NewReader(data)
	var c image.Config
	var err error
	switch kind {
	case "image/png":
		c, err = png.DecodeConfig(r)
	case "image/jpeg":
		c, err = jpeg.DecodeConfig(r)
	case "image/webp":
		c, err = webp.DecodeConfig(r)
	default:
		return Image{}, ErrPicture
	}
	switch {
	case err != nil || c.Width < 1 || c.Height < 1:
		return Image{}, ErrPicture
	case int64(c.Width)*int64(c.Height) > MostPixels:
		return Image{}, ErrPixels
	}
	one.Lock()
	defer one.Unlock()
	r.Reset(data)
	var m image.Image
	switch kind {
	case "image/png":
		m, err = png.Decode(r)
	case "image/jpeg":
		m, err = jpeg.Decode(r)
	default:
		m, err = webp.Decode(r)
	}
	if err != nil {
		return Image{}, ErrPicture
	}
	m = onWhite(upright(shrunk(m), turned(data, kind)))
	out := Image{Type: kind, Width: m.Bounds().Dx(), Height: m.Bounds().Dy()}
	var b bytes.Buffer
	if kind == "image/png" {
		err = png.Encode(&b, m)
	} else {
		out.Type = "image/jpeg"
		err = jpeg.Encode(&b, m, &jpeg.Options{Quality: quality})
	}
	out.Data = b.Bytes()
	return out, err
}

// onWhite puts a picture that can be seen through on white: black lines on nothing would be lost on a dark page.
func onWhite(m image.Image) image.Image {
	if o, ok := m.(interface{ Opaque() bool }); ok && o.Opaque() {
		return m
	}
	out := image.NewRGBA(m.Bounds())
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), m, m.Bounds().Min, draw.Over)
	return out
}

// shrunk is a picture whose sides are at most MostSide long.
func shrunk(m image.Image) image.Image {
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	if w <= MostSide && h <= MostSide {
		return m
	}
	to := image.Rect(0, 0, MostSide, max(1, h*MostSide/w))
	if h > w {
		to = image.Rect(0, 0, max(1, w*MostSide/h), MostSide)
	}
	out := image.NewNRGBA(to)
	draw.CatmullRom.Scale(out, to, m, m.Bounds(), draw.Src, nil)
	return out
}

// turned is how a camera held the picture: 1 to 8 as EXIF counts (CIPA DC-008, tag 274), 1 is upright. What cannot be read counts as upright.
func turned(data []byte, kind string) int {
	format, ok := map[string]imagemeta.ImageFormat{"image/png": imagemeta.PNG, "image/jpeg": imagemeta.JPEG, "image/webp": imagemeta.WebP}[kind]
	if !ok {
		return 1
	}
	out := 1
	_, _ = imagemeta.Decode(imagemeta.Options{R: bytes.NewReader(data), ImageFormat: format, Sources: imagemeta.EXIF,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool { return t.Tag == "Orientation" },
		HandleTag: func(t imagemeta.TagInfo) error {
			if n, ok := t.Value.(uint16); ok && n >= 1 && n <= 8 {
				out = int(n)
			}
			return imagemeta.ErrStopWalking
		}})
	return out
}

// upright turns and mirrors a picture so that it stands as it was seen.
func upright(m image.Image, turn int) image.Image {
	if turn == 1 {
		return m
	}
	from := m.Bounds()
	w, h := from.Dx(), from.Dy()
	to := image.Rect(0, 0, w, h)
	if turn >= 5 {
		to = image.Rect(0, 0, h, w)
	}
	out := image.NewNRGBA(to)
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch turn {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			out.Set(tx, ty, m.At(from.Min.X+x, from.Min.Y+y))
		}
	}
	return out
}

// ErrPDF is what is called a PDF and is none, or half of one.
var ErrPDF = problem.New(problem.Invalid, "pdf_broken", "This PDF is broken or not all of it is here. Save it once more and add that.")

// WholePDF says whether a file begins and ends as a PDF does (ISO 32000-1, 7.5.2 and 7.5.5; the end may be followed by up to 1,024 bytes, as readers
// allow). Nobody here looks into it: it is only ever saved. ErrPDF.
func WholePDF(data []byte) error {
	end := data[max(0, len(data)-1024-len("%%EOF")):]
	if !bytes.HasPrefix(data, []byte("%PDF-")) || !bytes.Contains(end, []byte("%%EOF")) || !bytes.Contains(data, []byte("startxref")) {
		return ErrPDF
	}
	return nil
}
