package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
)

// misshapen decodes JSON and says by JSON Pointer (RFC 6901) which fields are unknown or of another type; nil is none.
func misshapen(raw []byte, into any) map[string]string {
	bad := map[string]string{}
	var whole any
	if json.Unmarshal(raw, &whole) == nil {
		unknown(whole, reflect.TypeOf(into).Elem(), "", bad)
	}
	var other *json.UnmarshalTypeError
	switch err := json.Unmarshal(raw, into); {
	case errors.As(err, &other):
		bad[pointer(strings.Split(other.Field, ".")...)] = "This is of another type than we expect."
	case err != nil:
		bad[""] = "This cannot be read."
	}
	return bad
}

// unknown collects the fields of a value that a type does not have.
func unknown(v any, t reflect.Type, at string, bad map[string]string) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			if t.Kind() == reflect.Slice {
				unknown(x, t.Elem(), at, bad) // the place in the list is not told: one sentence says it of all
			}
		}
	case map[string]any:
		if t.Kind() != reflect.Struct {
			return
		}
		fields := named(t)
		for name, x := range v {
			f, ok := fields[strings.ToLower(name)]
			if !ok {
				bad[at+pointer(name)] = "There is no such field."
				continue
			}
			unknown(x, f, at+pointer(name), bad)
		}
	}
}

// named are the types of a struct's fields by their JSON names in small letters (encoding/json does not tell letters by their size), those of
// embedded structs among them.
func named(t reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for f := range t.Fields() {
		if f.Anonymous {
			for name, x := range named(f.Type) {
				out[name] = x
			}
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out[strings.ToLower(cmp.Or(name, f.Name))] = f.Type
	}
	return out
}

var escape = strings.NewReplacer("~", "~0", "/", "~1")

func pointer(names ...string) string {
	var b strings.Builder
	for _, n := range names {
		if n != "" {
			b.WriteString("/" + escape.Replace(n))
		}
	}
	return b.String()
}

// pointers names fields as programs read them: "/email" for "email".
func pointers(fields map[string]string) map[string]string {
	out := map[string]string{}
	for name, text := range fields {
		if name != "" && name[0] != '/' && name[0] != '?' {
			name = pointer(name)
		}
		out[name] = text
	}
	return out
}
