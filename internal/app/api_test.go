package app_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/token"
	"candor/internal/web"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// program is a client that knows nothing but the document: it makes each request from an operation's name and refuses an answer, a status or
// a code that the document does not have.
type program struct {
	w        *world
	secret   string
	paths    map[string]map[string]operationDoc
	compiler *jsonschema.Compiler
}

type operationDoc struct {
	ID         string `json:"operationId"`
	Tags       []string
	Parameters []struct{ Name, In string }
	Scope      string `json:"x-scope"`
	Body       *struct{}
	Responses  map[string]struct {
		Codes   []string `json:"x-codes"`
		Content map[string]struct {
			Schema struct {
				Ref   string `json:"$ref"`
				Items struct {
					Ref string `json:"$ref"`
				}
			}
		}
	}
}

func (w *world) program(secret string) *program {
	w.t.Helper()
	raw, err := json.Marshal(openAPI(w.routes))
	w.must(err)
	p := &program{w: w, secret: secret, compiler: jsonschema.NewCompiler()}
	var doc struct {
		Paths map[string]map[string]operationDoc
	}
	w.must(json.Unmarshal(raw, &doc))
	p.paths = doc.Paths
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	w.must(err)
	w.must(p.compiler.AddResource("openapi.json", whole))
	return p
}

// ask asks by an operation's name. args are its parameters, of the path, the query and the headers.
func (p *program) ask(operation string, args map[string]string, body string) (status int, answer map[string]any, header http.Header) {
	p.w.t.Helper()
	for path, methods := range p.paths {
		for method, op := range methods {
			if op.ID != operation {
				continue
			}
			q, head := url.Values{}, http.Header{}
			for _, x := range op.Parameters {
				switch v := args[x.Name]; {
				case x.In == "path":
					path = strings.Replace(path, "{"+x.Name+"}", cmp.Or(v, p.w.here.org.ID), 1)
				case x.In == "query" && v != "":
					q.Set(x.Name, v)
				case v != "":
					head.Set(x.Name, v)
				}
			}
			return p.send(op, strings.ToUpper(method), path+"?"+q.Encode(), head, body)
		}
	}
	p.w.t.Fatalf("the document has no %s", operation)
	return
}

func (p *program) send(op operationDoc, method, target string, head http.Header, body string) (int, map[string]any, http.Header) {
	p.w.t.Helper()
	req := httptest.NewRequest(method, target, strings.NewReader(body))
	req.Header = head
	req.Header.Set("Authorization", "Bearer "+p.secret)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	rec := httptest.NewRecorder()
	p.w.mux.ServeHTTP(rec, req)
	said, ok := op.Responses[fmt.Sprint(rec.Code)]
	if !ok {
		p.w.t.Errorf("%s = %d %s; the document has no such answer", op.ID, rec.Code, rec.Body)
		return rec.Code, nil, rec.Header()
	}
	if rec.Code == http.StatusNotModified {
		return rec.Code, nil, rec.Header()
	}
	content, ok := said.Content[rec.Header().Get("Content-Type")]
	if !ok {
		p.w.t.Errorf("%s is %s, which the document does not have", op.ID, rec.Header().Get("Content-Type"))
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(rec.Body.Bytes()))
	p.w.must(err)
	list, many := v.([]any)
	if !many {
		list = []any{v}
	}
	schema, err := p.compiler.Compile("openapi.json" + cmp.Or(content.Schema.Ref, content.Schema.Items.Ref))
	p.w.must(err)
	for _, v := range list {
		if err := schema.Validate(v); err != nil {
			p.w.t.Errorf("%s: %s: %v", op.ID, rec.Body, err)
		}
	}
	answer, _ := v.(map[string]any)
	if code, _ := answer["code"].(string); rec.Code >= 400 && !slices.Contains(said.Codes, code) {
		p.w.t.Errorf("%s = %d %s; the document has %v", op.ID, rec.Code, code, said.Codes)
	}
	return rec.Code, answer, rec.Header()
}

// TestATokenMayWhatItsMakerMay: for everybody, a token answers every question byte for byte as their own session does.
func TestATokenMayWhatItsMakerMay(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	asked := 0
	for _, p := range w.people {
		if p.candidate != nil || p.ended || p.account {
			continue
		}
		secret := w.here.secret(actor.Actor{Kind: actor.Member, ID: p.member.ID, Org: w.here.org.ID})
		program := &person{name: "program of the " + p.name}
		for _, r := range w.routes {
			if !r.API() || r.Method() != "GET" {
				continue
			}
			for _, a := range []*applicant{w.here.read, w.here.blind, w.here.told, w.here.kept} {
				ids := w.values(r, p, a)
				asked++
				own, other := w.send(p, r, ids, true), w.send(program, r, ids, true, "Authorization", "Bearer "+secret)
				if own.status != other.status || once.ReplaceAllString(own.body, "") != once.ReplaceAllString(other.body, "") {
					t.Errorf("%s of %q: the %s gets %d, their token %d: %s", r.Pattern, a.name, p.name, own.status, other.status, apart(own.body, other.body))
				}
			}
		}
	}
	if asked < 300 {
		t.Errorf("only %d questions were asked", asked)
	}
}

// TestTokensAreForTheirScope: no token does what its scope does not name, and what ended is not taken, whatever ended it.
func TestTokensAreForTheirScope(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	founder := w.here.as("founder")
	args := map[string]string{"opening": string(w.here.plain), "application": string(w.here.told.inv.Application), "candidate": w.here.told.inv.Candidate}
	for _, s := range token.Scopes {
		p := w.program(w.here.secret(founder, s.Name))
		served := 0
		for _, methods := range p.paths {
			for method, op := range methods {
				if !slices.Contains(op.Tags, "api") {
					continue
				}
				body := ""
				if method == "post" {
					body = `{"name":"","email":""}`
				}
				status, answer, _ := p.ask(op.ID, args, body)
				code := "token_scope"
				if op.Scope == token.Greenhouse { // its protocol knows no 403
					code = "token"
				}
				if refused := answer["code"] == code; refused == (op.Scope == s.Name) {
					t.Errorf("%s with the scope %s = %d %v", op.ID, s.Name, status, answer["code"])
				}
				if op.Scope == s.Name {
					served++
				}
			}
		}
		if served == 0 {
			t.Errorf("no route has the scope %s", s.Name)
		}
	}

	leaver := w.here.as("leaver")
	revoked, gone, old := w.here.secret(founder), w.here.secret(leaver), w.here.secret(founder)
	list, err := w.app.Tokens.List(ctx, founder)
	w.must(err)
	w.must(w.app.Tokens.Revoke(ctx, founder, list[2].ID)) // the newest is old, then gone, then revoked
	w.must(w.app.Orgs.Disable(ctx, founder, leaver.ID))
	foreign := w.there.secret(w.there.as("founder"))
	one := func(name, secret string) string {
		t.Helper()
		status, answer, header := w.program(secret).ask("api.openings", nil, "")
		if status != http.StatusUnauthorized || header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("a token that is %s = %d %v", name, status, answer)
		}
		return fmt.Sprint(answer)
	}
	if status, _, _ := w.program(old).ask("api.openings", nil, ""); status != http.StatusOK {
		t.Fatalf("a token that holds = %d", status)
	}
	unknown := one("unknown", "cdr_unknown")
	for name, secret := range map[string]string{"revoked": revoked, "of somebody who left": gone, "of another organisation": foreign} {
		if got := one(name, secret); got != unknown {
			t.Errorf("%s says %s; want what one that is unknown says", name, got)
		}
	}
	w.tick.Add(31 * 24 * time.Hour)
	if got := one("ended", old); got != unknown {
		t.Errorf("one that ended says %s", got)
	}
}

// TestProgramsInviteOnce: a request is done once per key, says what is wrong by pointers, and stands in the record as the token's.
func TestProgramsInviteOnce(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, w *world) {
		p := w.program(w.here.secret(w.here.as("recruiter")))
		args := map[string]string{"opening": string(w.here.plain), "Idempotency-Key": "first"}
		const body = `{"name":"Noor Haddad","email":"noor@mail.example"}`
		status, made, _ := p.ask("api.invite", args, body)
		if status != http.StatusOK || made["state"] != "sent" {
			t.Fatalf("an invitation = %d %v", status, made)
		}
		if status, again, _ := p.ask("api.invite", args, body); status != http.StatusOK || fmt.Sprint(again) != fmt.Sprint(made) {
			t.Errorf("the same request again = %d %v; want %v", status, again, made)
		}
		for _, c := range []struct{ name, key, body, code, pointer string }{
			{"the same key with another body", "first", `{"name":"Else","email":"else@mail.example"}`, "idempotency_key", ""},
			{"somebody who is here, by another key", "second", body, "application_twice", "/email"},
			{"a field we do not know", "third", `{"name":"Else","email":"else@mail.example","e-mail":"x"}`, "form", "/e-mail"},
			{"a field of another type", "third", `{"name":7,"email":"else@mail.example"}`, "form", "/name"},
			{"no address", "third", `{"name":"Else","email":"nothing"}`, "invalid", "/email"},
			{"a moment that is none", "third", `{"name":"Else","email":"else@mail.example","finish_by":"soon"}`, "invalid", "/finish_by"},
			{"no JSON", "third", `{"name"`, "form", ""},
		} {
			args["Idempotency-Key"] = c.key
			status, answer, _ := p.ask("api.invite", args, c.body)
			errs, _ := answer["errors"].(map[string]any)
			if answer["code"] != c.code || c.pointer != "" && errs[c.pointer] == nil {
				t.Errorf("%s = %d %v; want %s at %s", c.name, status, answer, c.code, c.pointer)
			}
		}
		args["Idempotency-Key"] = "third"
		if status, _, _ := p.ask("api.invite", args, `{"name":"Else","email":"else@mail.example"}`); status != http.StatusOK {
			t.Errorf("a key whose requests failed = %d; want it to be new", status)
		}
		w.tick.Add(token.KeyLife)
		args["Idempotency-Key"] = "first"
		if status, answer, _ := p.ask("api.invite", args, `{"name":"Third","email":"third@mail.example"}`); status != http.StatusOK {
			t.Errorf("a key of yesterday = %d %v", status, answer)
		}
		w.here.in(func(tx db.Tx) error {
			lines, err := audit.Lines(ctx, tx, 0, 1)
			if err == nil && (lines[0].Verb != "opening.invite" || lines[0].Actor.Kind != actor.Token || !strings.HasPrefix(lines[0].Actor.ID, "tok_")) {
				t.Errorf("the record has %+v; want the invitation by the token", lines[0])
			}
			return err
		})
	})
}

// TestProgramsReadPages: a list is read by cursors that lead on in it and nowhere else.
func TestProgramsReadPages(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	for range opening.WalkSize {
		w.here.open("many", false)
		w.there.open("many", false)
	}
	founder := w.here.as("founder")
	p := w.program(w.here.secret(founder))
	want, err := w.app.Openings.List(ctx, founder)
	w.must(err)
	got := map[any]bool{}
	_, first, _ := p.ask("api.openings", nil, "")
	next, _ := first["next"].(string)
	if next == "" || len(first["openings"].([]any)) != opening.WalkSize {
		t.Fatalf("the first page has %d openings and leads to %q", len(first["openings"].([]any)), next)
	}
	_, second, _ := p.ask("api.openings", map[string]string{"cursor": next}, "")
	for _, o := range append(first["openings"].([]any), second["openings"].([]any)...) {
		got[o.(map[string]any)["id"]] = true
	}
	if len(got) != len(want) || second["next"] != nil {
		t.Errorf("two pages have %d openings of %d, and lead to %v", len(got), len(want), second["next"])
	}
	route := func(operation string) web.Route {
		return w.routes[slices.IndexFunc(w.routes, func(r web.Route) bool { return r.Action == operation })]
	}
	asked := func(operation, query string) answer {
		return w.get(&person{cookie: w.person("owner").cookie}, w.fill(route(operation).Path(), w.here.ids(w.here.read))+query)
	}
	theirs := w.program(w.there.secret(w.there.as("founder")))
	_, page, _ := theirs.ask("api.openings", map[string]string{"org": w.there.org.ID}, "")
	damaged := "A" + next[1:]
	if next[0] == 'A' {
		damaged = "B" + next[1:]
	}
	for name, x := range map[string]answer{"of another organisation": asked("api.openings", "?cursor="+page["next"].(string)), "of another list": asked("api.candidates", "?cursor="+next),
		"damaged": asked("api.openings", "?cursor="+damaged), "made up": asked("api.openings", "?cursor=!")} {
		if x.status != http.StatusUnprocessableEntity || !strings.Contains(x.body, `"code":"cursor"`) {
			t.Errorf("a cursor %s = %d %s", name, x.status, x.body)
		}
	}
	if x := asked("api.applications", "?stats=active"); x.status != http.StatusUnprocessableEntity || !strings.Contains(x.body, "?stats") {
		t.Errorf("a filter with a typing error = %d %s", x.status, x.body)
	}
	_, _, header := p.ask("api.opening", map[string]string{"opening": string(w.here.plain)}, "")
	again := w.send(&person{}, route("api.opening"), w.here.ids(w.here.read), true, "Authorization", "Bearer "+p.secret, "If-None-Match", header.Get("ETag"))
	if header.Get("ETag") == "" || again.status != http.StatusNotModified || again.body != "" {
		t.Errorf("the same again, with the ETag %q = %d with %d bytes; want 304", header.Get("ETag"), again.status, len(again.body))
	}
	w.tick.Add(web.CursorLife + time.Second)
	if status, answer, _ := p.ask("api.openings", map[string]string{"cursor": next}, ""); answer["code"] != "cursor" {
		t.Errorf("an old cursor = %d %v", status, answer)
	}
}

// TestProgramsWaitTheirTurn: 10,000 requests of one token in a minute get as many answers as its rate allows, then the second to come back at; another
// token is served meanwhile.
func TestProgramsWaitTheirTurn(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	m, err := w.app.Mux()
	w.must(err)
	w.mux = m
	busy, calm := w.program(w.here.secret(w.here.as("founder"))), w.program(w.here.secret(w.here.as("founder")))
	served := 0
	for range 10_000 {
		status, answer, header := busy.ask("api.opening", map[string]string{"opening": string(w.here.plain)}, "")
		w.tick.Add(6 * time.Millisecond)
		if status == http.StatusOK {
			served++
			continue
		}
		if header.Get("Retry-After") != "1" || header.Get("RateLimit-Remaining") != "0" || answer["code"] != "too_many" {
			t.Fatalf("too many = %d %v %v", status, answer, header)
		}
		if served > 10 && w.quick {
			break
		}
	}
	if served < 700 || served > 725 { // 120 at once, and 600 in the minute
		t.Errorf("%d of 10,000 were served", served)
	}
	if status, _, header := calm.ask("api.openings", nil, ""); status != http.StatusOK || header.Get("RateLimit-Limit") != "600" {
		t.Errorf("another token = %d, with the limit %q", status, header.Get("RateLimit-Limit"))
	}
}

// TestTheDocumentIsOpenAPI: docs/openapi.json has the shape of OpenAPI 3.1 as far as we use it, refuses nothing silently, and every $ref and every
// variable of a path leads somewhere.
func TestTheDocumentIsOpenAPI(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	raw, err := json.Marshal(openAPI(w.routes))
	w.must(err)
	shape, err := jsonschema.UnmarshalJSON(strings.NewReader(openAPIShape))
	w.must(err)
	c := jsonschema.NewCompiler()
	w.must(c.AddResource("shape.json", shape))
	s, err := c.Compile("shape.json")
	w.must(err)
	fits := func(raw []byte) error {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		w.must(err)
		return s.Validate(doc)
	}
	if err := fits(raw); err != nil {
		t.Error(err)
	}
	for name, broken := range map[string]string{
		"a version that is no 3.1":      strings.Replace(string(raw), `"openapi":"3.1.1"`, `"openapi":"2.0"`, 1),
		"a place that is none":          strings.Replace(string(raw), `"in":"path"`, `"in":"road"`, 1),
		"a path variable that may lack": strings.Replace(string(raw), `"in":"path","name":"org","required":true`, `"in":"path","name":"org","required":false`, 1),
		"an answer without description": strings.Replace(string(raw), `"description":"It went well."`, `"desc":"It went well."`, 1),
	} {
		if broken == string(raw) || fits([]byte(broken)) == nil {
			t.Errorf("%s is taken", name)
		}
	}
	names := map[string]bool{}
	for path, methods := range w.program("").paths {
		for _, op := range methods {
			if names[op.ID] {
				t.Errorf("two operations are called %s", op.ID)
			}
			names[op.ID] = true
			for _, v := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
				if !slices.ContainsFunc(op.Parameters, func(x struct{ Name, In string }) bool { return x.Name == v[1] && x.In == "path" }) {
					t.Errorf("%s does not say what {%s} is", path, v[1])
				}
			}
		}
	}
	if len(names) != len(spoken(w.routes)) {
		t.Errorf("%d operations of %d routes", len(names), len(spoken(w.routes)))
	}
}

// openAPIShape is what the OpenAPI Specification 3.1.1, sections 4.8.1 to 4.8.27, asks of the objects that the document is made of, in JSON Schema
// 2020-12. It has no more fields than we use, so that one with a typing error is found.
const openAPIShape = `{
"type": "object", "required": ["openapi", "info", "paths", "components"], "additionalProperties": false,
"properties": {
	"openapi": {"pattern": "^3\\.1\\.\\d+$"},
	"info": {"type": "object", "required": ["title", "version"], "additionalProperties": false, "properties": {"title": {"type": "string"}, "version": {"type": "string"}, "description": {"type": "string"}}},
	"paths": {"type": "object", "minProperties": 1, "propertyNames": {"pattern": "^/"}, "additionalProperties": {"type": "object", "minProperties": 1,
		"propertyNames": {"enum": ["get", "put", "post", "delete", "patch"]}, "additionalProperties": {"$ref": "#/$defs/operation"}}},
	"components": {"type": "object", "additionalProperties": false, "properties": {
		"schemas": {"type": "object", "propertyNames": {"pattern": "^[\\w.-]+$"}, "additionalProperties": {"$ref": "https://json-schema.org/draft/2020-12/schema"}},
		"securitySchemes": {"type": "object", "additionalProperties": {"oneOf": [
			{"type": "object", "required": ["type", "name", "in"], "additionalProperties": false, "properties": {"type": {"const": "apiKey"}, "name": {"type": "string"}, "in": {"enum": ["query", "header", "cookie"]}}},
			{"type": "object", "required": ["type", "scheme"], "additionalProperties": false, "properties": {"type": {"const": "http"}, "scheme": {"type": "string"}}}]}}}}
},
"$defs": {
	"operation": {"type": "object", "required": ["operationId", "responses", "tags"], "additionalProperties": false, "patternProperties": {"^x-": true}, "properties": {
		"operationId": {"type": "string"}, "summary": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}},
		"parameters": {"type": "array", "uniqueItems": true, "items": {"$ref": "#/$defs/parameter"}},
		"requestBody": {"type": "object", "required": ["content"], "additionalProperties": false, "properties": {"description": {"type": "string"}, "required": {"type": "boolean"}, "content": {"$ref": "#/$defs/content"}}},
		"responses": {"type": "object", "minProperties": 1, "propertyNames": {"pattern": "^([1-5]\\d\\d|default)$"}, "additionalProperties": {"type": "object", "required": ["description"], "additionalProperties": false,
			"patternProperties": {"^x-": true}, "properties": {"description": {"type": "string"}, "content": {"$ref": "#/$defs/content"}}}},
		"security": {"type": "array", "items": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}}}},
	"parameter": {"type": "object", "required": ["name", "in", "schema"], "additionalProperties": false, "properties": {
		"name": {"type": "string"}, "in": {"enum": ["path", "query", "header", "cookie"]}, "description": {"type": "string"}, "required": {"type": "boolean"}, "schema": {"$ref": "https://json-schema.org/draft/2020-12/schema"}},
		"if": {"properties": {"in": {"const": "path"}}}, "then": {"required": ["required"], "properties": {"required": {"const": true}}}},
	"content": {"type": "object", "minProperties": 1, "propertyNames": {"pattern": "^[a-z]+/[a-z0-9.+-]+$"}, "additionalProperties": {"type": "object", "required": ["schema"], "additionalProperties": false,
		"properties": {"schema": {"$ref": "https://json-schema.org/draft/2020-12/schema"}}}}
}}`
