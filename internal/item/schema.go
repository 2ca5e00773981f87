package item

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Schemer completes the schema of its item.yaml; a kind without it has only what [SchemaOf] makes of [Common].
type Schemer interface {
	Schema() *Schema
}

// FileSchemer has schemas of files beside item.yaml, by what the file is called: "defects" for defects.yaml.
type FileSchemer interface {
	FileSchemas() map[string]*Schema
}

// Schema is what we use of JSON Schema 2020-12. It is made from the structs that files are read into ([SchemaOf]), so that editors
// and lint cannot disagree about fields and types.
type Schema struct {
	Dialect     string             `json:"$schema,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Ref         string             `json:"$ref,omitempty"`
	Type        []string           `json:"type,omitempty"`
	Const       any                `json:"const,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	Minimum     *float64           `json:"minimum,omitempty"`
	Maximum     *float64           `json:"maximum,omitempty"`
	MinLength   *float64           `json:"minLength,omitempty"`
	MaxLength   *float64           `json:"maxLength,omitempty"`
	MinItems    *float64           `json:"minItems,omitempty"`
	MaxItems    *float64           `json:"maxItems,omitempty"`
	Items       *Schema            `json:"items,omitempty"`
	Properties  map[string]*Schema `json:"properties,omitempty"`
	Names       *Schema            `json:"propertyNames,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Others      any                `json:"additionalProperties,omitempty"` // false, or the *Schema of every other field
	AllOf       []*Schema          `json:"allOf,omitempty"`
	If          *Schema            `json:"if,omitempty"`
	Then        *Schema            `json:"then,omitempty"`

	MinProperties *float64 `json:"minProperties,omitempty"`
}

// KeyPattern is the shape of a key, which has at most MaxKey characters.
const (
	KeyPattern = `^[a-z0-9]+(-[a-z0-9]+)*$`
	MaxKey     = 60
)

var keyShape = regexp.MustCompile(KeyPattern)

// IsKey says whether a text is a key.
func IsKey(s string) bool { return len(s) <= MaxKey && keyShape.MatchString(s) }

// Dialect is the version of JSON Schema.
const Dialect = "https://json-schema.org/draft/2020-12/schema"

// SchemaOf describes a struct with yaml tags. Beside them may stand
//
//	schema:"required,key,min=1,max=600,enum=a|b"   min and max are of the value, of the characters, or of the list
//	doc:"what the field is, for whoever writes the file"
//
// Fields tagged `yaml:"-"`, unexported ones and `any` are left open.
func SchemaOf(of any) *Schema { return schemaOf(reflect.TypeOf(of)) }

func schemaOf(t reflect.Type) *Schema {
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.String: // `text: 42` is a text too
		return &Schema{Type: []string{"string", "number", "boolean"}}
	case reflect.Bool:
		return &Schema{Type: []string{"boolean"}}
	case reflect.Int, reflect.Int64:
		return &Schema{Type: []string{"integer"}}
	case reflect.Float64:
		return &Schema{Type: []string{"number"}}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct && t.Elem().PkgPath() != "" && !hasFields(t.Elem()) {
			return &Schema{Type: []string{"object"}} // yaml.MapSlice: a map in its order
		}
		return &Schema{Type: []string{"array"}, Items: schemaOf(t.Elem())}
	case reflect.Map:
		return &Schema{Type: []string{"object"}, Others: schemaOf(t.Elem())}
	case reflect.Struct:
		s := &Schema{Type: []string{"object"}, Properties: map[string]*Schema{}, Others: false}
		s.fields(t)
		return s
	}
	return &Schema{}
}

// hasFields tells our structs from the YAML library's.
func hasFields(t reflect.Type) bool {
	return slices.ContainsFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool { return f.Tag.Get("yaml") != "" })
}

func (s *Schema) fields(t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, opts, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if opts == "inline" {
			s.fields(f.Type)
			continue
		}
		if name == "" || name == "-" {
			continue
		}
		p := schemaOf(f.Type)
		p.Description = f.Tag.Get("doc")
		for _, rule := range strings.Split(f.Tag.Get("schema"), ",") {
			word, value, _ := strings.Cut(rule, "=")
			switch word {
			case "required":
				s.Required = append(s.Required, name)
			case "key":
				p.Pattern, p.MaxLength = KeyPattern, number(MaxKey)
			case "min":
				*p.bound(&p.Minimum, &p.MinLength, &p.MinItems) = parsed(value)
			case "max":
				*p.bound(&p.Maximum, &p.MaxLength, &p.MaxItems) = parsed(value)
			case "enum":
				p.Type, p.Enum = nil, strings.Split(value, "|")
			}
		}
		s.Properties[name] = p
	}
}

// bound is the one of three that fits the type.
func (s *Schema) bound(value, length, items **float64) **float64 {
	switch s.Type[0] {
	case "string":
		return length
	case "array":
		return items
	}
	return value
}

func number(n float64) *float64 { return &n }

// parsed reads a number of a tag; a broken one is a mistake of the programmer, found by the first test.
func parsed(s string) *float64 {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic("item: schema tag: " + err.Error())
	}
	return &n
}

// When adds what holds where a field has a value.
func (s *Schema) When(field, value string, then *Schema) {
	s.AllOf = append(s.AllOf, &Schema{If: &Schema{Properties: map[string]*Schema{field: {Const: value}}, Required: []string{field}}, Then: then})
}

// SchemaFiles are the schemas of item.yaml by file name (one of each kind, and item.json, which picks by the field kind) and of the
// other files that kinds have.
func (ks Kinds) SchemaFiles() map[string]*Schema {
	all := &Schema{Dialect: Dialect, Title: "item.yaml", Type: []string{"object"}, Required: []string{"kind"}, Properties: map[string]*Schema{"kind": {}}}
	explain := SchemaOf(Explain{})
	explain.Dialect, explain.Title = Dialect, ExplainFile
	out := map[string]*Schema{"item.json": all, "explain.json": explain}
	for _, k := range ks {
		s := SchemaOf(Common{})
		if d, ok := k.(Schemer); ok {
			s = d.Schema()
		}
		s.Dialect, s.Title = Dialect, "item.yaml of the kind "+k.Name()
		s.Properties["kind"] = &Schema{Const: k.Name(), Description: s.Properties["kind"].Description}
		out[k.Name()+".json"] = s
		if f, ok := k.(FileSchemer); ok {
			for name, s := range f.FileSchemas() {
				s.Dialect, s.Title = Dialect, name+".yaml of the kind "+k.Name()
				out[name+".json"] = s
			}
		}
		all.Properties["kind"].Enum = append(all.Properties["kind"].Enum, k.Name())
		all.When("kind", k.Name(), &Schema{Ref: k.Name() + ".json"})
	}
	return out
}

// JSON is the schema as a file.
func (s *Schema) JSON() []byte {
	raw, err := json.MarshalIndent(s, "", "\t")
	if err != nil {
		panic(fmt.Sprintf("item: schema: %v", err)) // strings and numbers only
	}
	return append(raw, '\n')
}
