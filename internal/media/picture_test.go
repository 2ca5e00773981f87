package media_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"candor/internal/media"
)

// drawn is a picture whose upper left corner alone is red.
func drawn(w, h int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{255, 255, 255, 255}
			if x < w/2 && y < h/2 {
				c = color.NRGBA{200, 0, 0, 255}
			}
			m.Set(x, y, c)
		}
	}
	return m
}

// exif is the segment of a JPEG that says how the camera was held, and by whom.
func exif(turn uint16) []byte {
	const artist = "Amara Okafor\x00"
	var b bytes.Buffer
	b.WriteString("Exif\x00\x00II*\x00")
	le := func(v any) { binary.Write(&b, binary.LittleEndian, v) }
	le(uint32(8))
	le(uint16(2))
	le([]uint16{274, 3})
	le(uint32(1))
	le([]uint16{turn, 0})
	le([]uint16{315, 2})
	le(uint32(len(artist)))
	le(uint32(8 + 2 + 2*12 + 4))
	le(uint32(0))
	b.WriteString(artist)
	return append([]byte{0xff, 0xe1, byte((b.Len() + 2) >> 8), byte(b.Len() + 2)}, b.Bytes()...)
}

// A photograph is written anew: upright, and without who took it.
func TestAPictureHoldsNothingButWhatIsSeen(t *testing.T) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, drawn(40, 20), nil); err != nil {
		t.Fatal(err)
	}
	red := func(c color.Color) bool { r, g, _, _ := c.RGBA(); return r > 0x8000 && g < 0x6000 }
	// where the red corner stands, as EXIF's eight ways have it: left or right, above or below
	for turn, want := range map[uint16]struct{ right, below, tall bool }{1: {}, 2: {right: true}, 3: {true, true, false}, 4: {below: true}, 5: {tall: true}, 6: {true, false, true}, 7: {true, true, true}, 8: {false, true, true}} {
		data := append(append(append([]byte{}, b.Bytes()[:2]...), exif(turn)...), b.Bytes()[2:]...)
		if !bytes.Contains(data, []byte("Okafor")) {
			t.Fatal("nothing is hidden in the photograph")
		}
		got, err := media.Picture(data)
		if err != nil || got.Type != "image/jpeg" || (got.Height > got.Width) != want.tall {
			t.Fatalf("turn %d: %s %dx%d, %v", turn, got.Type, got.Width, got.Height, err)
		}
		if bytes.Contains(got.Data, []byte("Okafor")) || bytes.Contains(got.Data, []byte("Exif")) {
			t.Errorf("turn %d: who took it is still in it", turn)
		}
		m, err := jpeg.Decode(bytes.NewReader(got.Data))
		if err != nil {
			t.Fatal(err)
		}
		x, y := got.Width/4, got.Height/4
		if want.right {
			x = got.Width * 3 / 4
		}
		if want.below {
			y = got.Height * 3 / 4
		}
		if !red(m.At(x, y)) || red(m.At(got.Width-1-x, y)) || red(m.At(x, got.Height-1-y)) {
			t.Errorf("turn %d: the picture is not upright", turn)
		}
	}
}

func TestAPictureOfEachSort(t *testing.T) {
	var wide bytes.Buffer
	if err := png.Encode(&wide, drawn(5000, 10)); err != nil {
		t.Fatal(err)
	}
	got, err := media.Picture(append(wide.Bytes(), "<script>alert(1)</script>"...)) // what hides behind a picture
	if err != nil || got.Type != "image/png" || got.Width != media.MostSide || got.Height != 8 || bytes.Contains(got.Data, []byte("script")) {
		t.Errorf("a wide picture is %s %dx%d, %v", got.Type, got.Width, got.Height, err)
	}
	// 1x1, VP8L with alpha: of the WebP container's own examples
	webp, _ := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if got, err := media.Picture(webp); err != nil || got.Width != 1 || media.Sniff(got.Data) != got.Type {
		t.Errorf("a WebP is %s %dx%d, %v", got.Type, got.Width, got.Height, err)
	}
}

// What is no picture, broken, or a bomb of pixels is refused with a sentence, the bomb before it is unpacked.
func TestABadPictureIsRefused(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, drawn(64, 64)); err != nil {
		t.Fatal(err)
	}
	bomb := bytes.Clone(b.Bytes())
	binary.BigEndian.PutUint32(bomb[16:], 60_000) // width and height of IHDR
	binary.BigEndian.PutUint32(bomb[20:], 60_000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"a bomb of pixels": {bomb, media.ErrPixels},
		"half a picture":   {b.Bytes()[:b.Len()/2], media.ErrPicture},
		"a script":         {[]byte("<script>alert(1)</script>"), media.ErrPicture},
		"an SVG":           {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), media.ErrPicture},
		"nothing":          {nil, media.ErrPicture},
		"a PDF":            {[]byte("%PDF-1.7"), media.ErrPicture},
		"a head alone":     {[]byte("\x89PNG\r\n\x1a\n"), media.ErrPicture},
		"a head of WebP":   {[]byte("RIFF\x00\x00\x00\x00WEBPVP8 "), media.ErrPicture},
	} {
		if got, err := media.Picture(c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %dx%d, %v; want %v", name, got.Width, got.Height, err, c.want)
		}
	}
}

func FuzzPicture(f *testing.F) {
	var a, b bytes.Buffer
	png.Encode(&a, drawn(8, 8))
	jpeg.Encode(&b, drawn(8, 8), nil)
	f.Add(a.Bytes())
	f.Add(append(append(append([]byte{}, b.Bytes()[:2]...), exif(6)...), b.Bytes()[2:]...))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := media.Picture(data)
		if err == nil && (got.Width < 1 || got.Height < 1 || max(got.Width, got.Height) > media.MostSide || media.Sniff(got.Data) != got.Type) {
			t.Errorf("%s %dx%d", got.Type, got.Width, got.Height)
		}
	})
}

func TestWholePDF(t *testing.T) {
	const good = "%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\n0 1\ntrailer <<>>\nstartxref\n9\n%%EOF\n"
	for data, ok := range map[string]bool{good: true, good + "trailing": true, good[:40]: false, "x" + good: false, "": false, "%PDF-1.7": false} {
		if err := media.WholePDF([]byte(data)); (err == nil) != ok || err != nil && !errors.Is(err, media.ErrPDF) {
			t.Errorf("WholePDF(%.20q) = %v", data, err)
		}
	}
}
