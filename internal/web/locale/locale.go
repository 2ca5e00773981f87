// Package locale holds the texts of candidate pages: message keys with plural forms, one file per language. A problem's code is
// its key. English is complete; another language is one more file. Staff pages are English and written in their templates.
//
//	landing:
//	  parts:                 the key is landing.parts; T with the pair "n", 3 gives "3 parts"
//	    one: "One part"
//	    other: "{n} parts"
package locale

import (
	"embed"
	"fmt"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed *.yaml
var files embed.FS

// Locale is the texts of one language, falling back to English.
type Locale struct {
	Lang string
	tag  language.Tag
	text map[string]message
}

// message has one form, or several by plural category.
type message map[string]string

var loaded sync.Map // lang -> *Locale

// For is the locale of a BCP 47 tag; English when there is no such file.
func For(lang string) *Locale {
	base, _, _ := strings.Cut(lang, "-")
	if base == "" {
		base = "en"
	}
	if l, ok := loaded.Load(base); ok {
		return l.(*Locale)
	}
	l, err := load(base)
	if err != nil {
		if base == "en" {
			panic("locale: en.yaml: " + err.Error()) // a broken build; its test says so first
		}
		return For("en")
	}
	loaded.Store(base, l)
	return l
}

func load(lang string) (*Locale, error) {
	raw, err := files.ReadFile(lang + ".yaml")
	if err != nil {
		return nil, err
	}
	var in map[string]any
	if err := yaml.Unmarshal(raw, &in); err != nil {
		return nil, err
	}
	l := &Locale{Lang: lang, tag: language.Make(lang), text: map[string]message{}}
	if err := l.add("", in); err != nil {
		return nil, err
	}
	return l, nil
}

// add takes texts, plural forms (a map with "other") and maps of either, whose keys are joined with a dot.
func (l *Locale) add(prefix string, in map[string]any) error {
	for key, v := range in {
		switch v := v.(type) {
		case string:
			l.text[prefix+key] = message{"other": v}
		case map[string]any:
			if _, plural := v["other"].(string); !plural {
				if err := l.add(prefix+key+".", v); err != nil {
					return err
				}
				continue
			}
			m := message{}
			for form, s := range v {
				m[form] = fmt.Sprint(s)
			}
			l.text[prefix+key] = m
		default:
			return fmt.Errorf("%s%s is neither a text nor plural forms", prefix, key)
		}
	}
	return nil
}

// Lookup is T without arguments, and whether this language or English has the key.
func (l *Locale) Lookup(key string) (string, bool) {
	m, ok := l.text[key]
	if !ok && l.Lang != "en" {
		m, ok = For("en").text[key]
	}
	return m["other"], ok
}

// T is the text of a key with {name} replaced by pairs of name and value. The pair "n" chooses the plural form. An unknown key is
// shown as itself, and a test lists it.
func (l *Locale) T(key string, pairs ...any) string {
	m, ok := l.text[key]
	if !ok {
		if l.Lang != "en" {
			return For("en").T(key, pairs...)
		}
		return key
	}
	s := m["other"]
	for i := 0; i+1 < len(pairs); i += 2 {
		if n, isInt := pairs[i+1].(int); isInt && pairs[i] == "n" {
			if form, ok := m[l.form(n)]; ok {
				s = form
			}
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, "{"+fmt.Sprint(pairs[i])+"}", fmt.Sprint(pairs[i+1]))
	}
	return s
}

// Keys lists the keys of this language.
func (l *Locale) Keys() []string {
	keys := make([]string, 0, len(l.text))
	for k := range l.text {
		keys = append(keys, k)
	}
	return keys
}

func (l *Locale) form(n int) string {
	switch plural.Cardinal.MatchPlural(l.tag, n, 0, 0, 0, 0) {
	case plural.Zero:
		return "zero"
	case plural.One:
		return "one"
	case plural.Two:
		return "two"
	case plural.Few:
		return "few"
	case plural.Many:
		return "many"
	}
	return "other"
}
