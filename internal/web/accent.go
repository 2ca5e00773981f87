package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"candor/internal/web/accent"
)

// AccentPath is the address of an organisation's accent: hue 0..359 degrees, chroma in thousandths 0..180. Zero chroma with hue
// zero means the house's own colours and gives "". The address holds everything, so it never changes and needs no organisation.
func AccentPath(hue, chroma int) string {
	if hue == 0 && chroma == 0 {
		return ""
	}
	return fmt.Sprintf("/-/accent/%d-%d.css", hue, chroma)
}

func serveAccent(w http.ResponseWriter, r *http.Request) error {
	name, ok := strings.CutSuffix(r.PathValue("file"), ".css")
	h, c, both := strings.Cut(name, "-")
	hue, err := strconv.ParseUint(h, 10, 9)
	chroma, err2 := strconv.ParseUint(c, 10, 8)
	if !ok || !both || err != nil || err2 != nil {
		return ErrMissing
	}
	sheet, err := accent.Sheet(float64(hue), float64(chroma)/1000)
	if err != nil {
		return ErrMissing
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	write(w, r, http.StatusOK, "text/css; charset=utf-8", []byte(sheet))
	return nil
}
