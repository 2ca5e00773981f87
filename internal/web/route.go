package web

import (
	"fmt"
	"slices"
	"strings"

	"candor/internal/problem"
)

// Asker is the sort of person or program a route is for.
type Asker string

// The askers.
const (
	Staff     Asker = "staff"     // a member, by cookie; under /api/ also by bearer token
	Candidate Asker = "candidate" // by the candidate's cookie
	Link      Asker = "link"      // whoever holds the secret in the address; the object's loader decides
	Anonymous Asker = "anonymous" // everybody
	Operator  Asker = "operator"  // the installation's operator
)

// Tenant says where the organisation of a request comes from.
type Tenant string

// The tenant rules.
const (
	FromPath    Tenant = "path"    // {org} in the pattern; membership is checked at each request
	FromSession Tenant = "session" // the candidate's session knows it
	FromObject  Tenant = "object"  // the loader of a link finds it
	NoTenant    Tenant = "none"    // the page belongs to no organisation
)

// AnyMember lets every member through; what they may do with the object is its loader's decision.
var AnyMember = []string{"*"}

// NoObject is for routes that load no object.
const NoObject = "-"

// Route declares a page or an action. All of Pattern, Action, Auth, Tenant, Object and Rate are needed, Roles for staff, Scope
// under /api/.
type Route struct {
	Pattern string   // method and path as in net/http, "POST /o/{org}/openings/{opening}/invite"
	Action  string   // its name in the role table, "opening.invite"
	Auth    Asker    //
	Roles   []string // one of these; [AnyMember] for all
	Scope   string   // of API tokens, "opening:write"
	Tenant  Tenant   //
	Object  string   // the loader that decides, "opening"; [NoObject]
	Rate    Rate     //

	// What is spoken beside pages, as values of its types: In is read as JSON; Out is answered as JSON, a string as text, and with Stream
	// as the data of live events. Query names the address's values. docs/openapi.json is made of them, and ReadJSON and JSON hold to them.
	In, Out any
	Query   []string

	// Under /api/ also: Filters are values of the address that may be left out, and any other is refused; Keyed routes take the header
	// Idempotency-Key; Problems are those that the route's own nouns give.
	About    string // one sentence
	Filters  []string
	Keyed    bool
	Problems []*problem.Problem

	MaxBody int64 // bytes; 0 means 1 MiB
	Stream  bool  // no write deadline: live events, downloads
	Capture bool  // camera and microphone may be asked for
	Raw     bool  // the handler reads the body as it came, for a signature is over it: it is no press of a page
	Brief   bool  // draws nothing: of a candidate's session only who it is of is looked up
	Quiet   bool  // no line in the request log when it went well: health, live events, saves
}

// Method and Path are the two halves of the pattern.
func (r Route) Method() string { m, _, _ := strings.Cut(r.Pattern, " "); return m }

// Path is the pattern without its method.
func (r Route) Path() string { _, p, _ := strings.Cut(r.Pattern, " "); return p }

// API says whether the route speaks JSON only.
func (r Route) API() bool { return strings.HasPrefix(r.Path(), "/api/") }

var methods = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}

// check says what the declaration lacks.
func (r Route) check(cfg *Config) error {
	var lacks []string
	need := func(ok bool, what string) {
		if !ok {
			lacks = append(lacks, what)
		}
	}
	method, path, ok := strings.Cut(r.Pattern, " ")
	need(ok && slices.Contains(methods, method) && strings.HasPrefix(path, "/"), "a pattern with method and path")
	need(strings.Contains(r.Action, "."), `an action such as "opening.invite"`)
	need(r.Object != "", "the object's loader, or NoObject")
	_, known := limits[r.Rate]
	need(known, "a rate class")
	inPath := strings.Contains(path, "{org}")
	switch r.Auth {
	case Staff:
		need(len(r.Roles) > 0, "roles")
		need(r.Tenant == FromPath && inPath || r.Tenant == NoTenant && !inPath, "the tenant rule: FromPath with {org}, or NoTenant without")
		need(cfg.Auth.Staff != nil || r.API(), "an authenticator for staff")
		if r.API() {
			need(r.Scope != "", "a scope")
			need(r.About != "" && r.Out != nil, "what it is about and what it answers (About, Out)")
		}
	case Candidate:
		need(r.Tenant == FromSession, "the tenant rule FromSession")
		need(!inPath, "a path without {org}")
		need(cfg.Auth.Candidate != nil, "an authenticator for candidates")
		need(!r.Brief || r.Out != nil, "what it answers (Out): what is Brief draws no page")
	case Link:
		need(r.Tenant == FromObject, "the tenant rule FromObject")
		need(r.Object != NoObject, "an object: a link opens something")
	case Anonymous:
		need(r.Tenant == NoTenant, "the tenant rule NoTenant")
	case Operator:
		need(r.Tenant == NoTenant, "the tenant rule NoTenant")
		need(cfg.Auth.Operator != nil, "an authenticator for operators")
	default:
		need(false, "who may ask (Auth)")
	}
	if r.Auth != Staff {
		need(len(r.Roles) == 0, "no roles: only staff have them")
	}
	need(!r.Brief || r.Auth == Candidate, "a candidate: only their sessions are Brief")
	if len(lacks) > 0 {
		return fmt.Errorf("route %q lacks %s", r.Pattern, strings.Join(lacks, "; "))
	}
	return nil
}
