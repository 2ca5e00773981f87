package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"candor/internal/problem"

	json2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const (
	maxText   = 2000 // characters of a text field without a max tag
	maxValues = 500  // values of a repeated field
)

// ReadForm reads a posted form into a struct of strings, ints, bools, slices of them, maps and files, strictly: a field that the
// struct does not have, a repeated single value, broken UTF-8 or a value over its limit comes back as [problem.ErrInvalid] with a
// sentence per field, after everything readable was filled in, so that the page can show it again. Line ends become \n; texts are
// trimmed unless "raw". Names default to the field's in snake_case.
//
//	Title  string              `form:"title,required" max:"120"`   characters
//	Days   int                 `min:"1" max:"60"`
//	Roles  []string            `max:"20"`                          how many
//	Answer map[string][]string `form:"answer.*"`                   every field with that prefix, keyed by the rest
//	File   *multipart.FileHeader
func ReadForm(r *http.Request, into any) error {
	if err := parse(r, callOf(r)); err != nil {
		return err
	}
	v := reflect.ValueOf(into).Elem()
	known := map[string]bool{onceField: true}
	var prefixes []string
	var bad *problem.Problem
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, opts := fieldName(f)
		if prefix, ok := strings.CutSuffix(name, "*"); ok {
			prefixes = append(prefixes, prefix)
			bad = with(bad, name, readMap(r.PostForm, prefix, v.Field(i), limit(f, "max", maxValues)))
			continue
		}
		known[name] = true
		if f.Type == reflect.TypeFor[*multipart.FileHeader]() {
			bad = with(bad, name, readFile(r, name, v.Field(i), opts))
			continue
		}
		bad = with(bad, name, readField(r.PostForm[name], f, v.Field(i), opts))
	}
	for name := range r.PostForm {
		if !known[name] && !hasAnyPrefix(name, prefixes) {
			return ErrForm.On("form", "There was a field we do not know.")
		}
	}
	if bad != nil {
		return bad
	}
	return nil
}

func with(bad *problem.Problem, field, text string) *problem.Problem {
	if text == "" {
		return bad
	}
	if bad == nil {
		return problem.Field(field, text)
	}
	return bad.On(field, text)
}

func hasAnyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// parse reads the body once, within the route's limit.
func parse(r *http.Request, c *call) error {
	if c.parsed {
		return nil
	}
	c.parsed = true
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var err error
	switch kind {
	case "application/x-www-form-urlencoded":
		err = r.ParseForm()
	case "multipart/form-data":
		err = r.ParseMultipartForm(1 << 20)
	default:
		return ErrForm
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return ErrTooLarge.With("limit", strconv.FormatInt(large.Limit, 10))
	}
	if err != nil {
		return ErrForm
	}
	return nil
}

// fieldName is the name on the wire and the options after it.
func fieldName(f reflect.StructField) (name, opts string) {
	name, opts, _ = strings.Cut(f.Tag.Get("form"), ",")
	if name == "" {
		name = snake(f.Name)
	}
	return name, opts
}

func snake(s string) string {
	var b strings.Builder
	for i, r := range s {
		if unicode.IsUpper(r) && i > 0 && !unicode.IsUpper(rune(s[i-1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func limit(f reflect.StructField, tag string, otherwise int) int {
	n, err := strconv.Atoi(f.Tag.Get(tag))
	if err != nil {
		return otherwise
	}
	return n
}

// readField fills one field and says what is wrong with the value, or "".
func readField(values []string, f reflect.StructField, v reflect.Value, opts string) string {
	required := strings.Contains(opts, "required")
	if f.Type.Kind() == reflect.Slice {
		if n := limit(f, "max", maxValues); len(values) > n {
			return fmt.Sprintf("Choose at most %d.", n)
		}
		if required && len(values) == 0 {
			return "Choose at least one."
		}
		list := reflect.MakeSlice(f.Type, len(values), len(values))
		for i, s := range values {
			if text := readOne(s, f, list.Index(i), opts, maxText); text != "" {
				return text
			}
		}
		v.Set(list)
		return ""
	}
	if len(values) > 1 && f.Type.Kind() != reflect.Bool {
		return "This was sent twice. Reload the page and try again."
	}
	s := ""
	if len(values) > 0 {
		s = values[0]
	}
	text := readOne(s, f, v, opts, limit(f, "max", maxText))
	if text == "" && required && strings.TrimSpace(s) == "" {
		return "Please fill this in."
	}
	return text
}

func readOne(s string, f reflect.StructField, v reflect.Value, opts string, maxChars int) string {
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return "There is a character in it that we cannot read."
	}
	switch v.Kind() {
	case reflect.String:
		s = strings.ReplaceAll(s, "\r\n", "\n")
		if !strings.Contains(opts, "raw") {
			s = strings.TrimSpace(s)
		}
		v.SetString(s)
		n := utf8.RuneCountInString(s)
		if n > maxChars {
			return fmt.Sprintf("This has %d characters; at most %d fit.", n, maxChars)
		}
		if least := limit(f, "min", 0); n > 0 && n < least {
			return fmt.Sprintf("Please write at least %d characters.", least)
		}
	case reflect.Int, reflect.Int64, reflect.Int32:
		s = strings.TrimSpace(s)
		if s == "" {
			return ""
		}
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || v.OverflowInt(n) {
			return "Please write a whole number."
		}
		v.SetInt(n)
		if least := limit(f, "min", -1<<62); n < int64(least) {
			return fmt.Sprintf("The least is %d.", least)
		}
		if most := limit(f, "max", 1<<62); v.Kind() != reflect.Slice && n > int64(most) {
			return fmt.Sprintf("The most is %d.", most)
		}
	case reflect.Float64:
		s = strings.TrimSpace(s)
		if s == "" {
			return ""
		}
		n, err := strconv.ParseFloat(s, 64)
		if err != nil || n != n {
			return "Please write a number."
		}
		v.SetFloat(n)
	case reflect.Bool:
		v.SetBool(s == "on" || s == "true" || s == "1" || s == "yes")
	default:
		panic("web.ReadForm: a field of type " + v.Type().String()) // a mistake of the programmer, found by the first test
	}
	return ""
}

func readMap(form url.Values, prefix string, v reflect.Value, most int) string {
	out := reflect.MakeMap(v.Type())
	for name, values := range form {
		key, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		if out.Len() >= most {
			return "There is too much in this form."
		}
		for i, s := range values {
			if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
				return "There is a character in it that we cannot read."
			}
			values[i] = strings.ReplaceAll(s, "\r\n", "\n")
		}
		item := reflect.ValueOf(values)
		if v.Type().Elem().Kind() == reflect.String {
			if len(values) != 1 {
				return "This was sent twice. Reload the page and try again."
			}
			item = reflect.ValueOf(values[0]).Convert(v.Type().Elem())
		}
		out.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), item)
	}
	v.Set(out)
	return ""
}

func readFile(r *http.Request, name string, v reflect.Value, opts string) string {
	var files []*multipart.FileHeader
	if r.MultipartForm != nil {
		files = r.MultipartForm.File[name]
	}
	switch {
	case len(files) > 1:
		return "Please choose one file."
	case len(files) == 1 && (files[0].Size > 0 || files[0].Filename != ""):
		v.Set(reflect.ValueOf(files[0]))
	case strings.Contains(opts, "required"):
		return "Please choose a file."
	}
	return ""
}

// ReadJSON reads one JSON value strictly: the right content type, no unknown or doubled fields, no nesting over 32, nothing after
// it. [ErrForm] or [ErrTooLarge] come back; another type than the route declares as In is a fault.
func ReadJSON(r *http.Request, into any) error {
	if route := callOf(r).route; route != nil && reflect.TypeOf(into).Elem() != reflect.TypeOf(route.In) {
		return fmt.Errorf("route %q reads %T, and declares %T", route.Pattern, into, route.In)
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return ErrForm.Saying("Send this as application/json.")
	}
	raw, err := io.ReadAll(r.Body)
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return ErrTooLarge.With("limit", strconv.FormatInt(large.Limit, 10))
	}
	if err != nil {
		return ErrForm
	}
	if strict(raw, into) {
		return nil
	}
	if err := plain(raw); err != nil {
		return ErrForm.Saying("This JSON is not one we can read: " + err.Error() + ".")
	}
	if bad := misshapen(raw, into); len(bad) > 0 {
		p := *ErrForm.Saying("This JSON does not have the shape we expect.")
		p.Fields = bad
		return &p
	}
	return nil
}

// ReadForeign is [ReadJSON] for a protocol that is somebody else's, who may add fields at any time: what is not known is passed over, and null is
// nothing. The size, the nesting and doubled fields are refused as there.
func ReadForeign(r *http.Request, into any) error {
	if route := callOf(r).route; route != nil && reflect.TypeOf(into).Elem() != reflect.TypeOf(route.In) {
		return fmt.Errorf("route %q reads %T, and declares %T", route.Pattern, into, route.In)
	}
	raw, err := io.ReadAll(r.Body)
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return ErrTooLarge.With("limit", strconv.FormatInt(large.Limit, 10))
	}
	if err != nil {
		return ErrForm
	}
	if err := plain(raw); err != nil {
		return ErrForm.Saying("This JSON is not one we can read: " + err.Error() + ".")
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return ErrForm.Saying("This JSON does not have the shape we expect.")
	}
	return nil
}

const maxDepth = 32

// strict reads in one pass what nothing is wrong with, as nearly all is; else it says false and leaves nothing behind, and what is wrong is looked for
// at leisure. A text has many brackets and no nesting, and goes that way too when they are too many to tell.
func strict(raw []byte, into any) bool {
	if bytes.Count(raw, []byte("["))+bytes.Count(raw, []byte("{")) > maxDepth && plain(raw) != nil {
		return false
	}
	// Doubled fields are refused unless it is told otherwise; letters are not told by their size and broken characters are replaced, as encoding/json does.
	err := json2.Unmarshal(raw, into, json2.RejectUnknownMembers(true), json2.MatchCaseInsensitiveNames(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		reflect.ValueOf(into).Elem().SetZero()
	}
	return err == nil
}

// plain refuses doubled keys, deep nesting and trailing bytes, which parsers read differently.
func plain(raw []byte) error {
	d := jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowInvalidUTF8(true))
	for ended := false; ; {
		_, err := d.ReadToken()
		switch {
		case ended && err != io.EOF:
			return errors.New("there is something after its end")
		case ended:
			return nil
		case errors.Is(err, jsontext.ErrDuplicateName):
			return errors.New("a field is there twice")
		case err != nil:
			return errors.New("it is broken")
		case d.StackDepth() > maxDepth:
			return errors.New("it is nested too deeply")
		}
		ended = d.StackDepth() == 0
	}
}
