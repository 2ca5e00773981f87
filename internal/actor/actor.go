// Package actor says who is asking, as plain strings without rules. Every noun takes an Actor and decides by itself.
package actor

import "slices"

// Kind is the sort of asker.
type Kind string

const (
	Candidate Kind = "candidate" // ID is the invitation's, Subject the candidate's
	Member    Kind = "member"    // ID is the member's in Org
	Token     Kind = "token"     // a program; it may what the member who made it may, so it asks as that member, with Token set
	System    Kind = "system"    // a job or the program itself
	Operator  Kind = "operator"
	Anonymous Kind = ""
)

// Actor is who is asking, for one organisation.
type Actor struct {
	Kind    Kind
	ID      string
	Org     string
	Roles   []string // of a member: owner, recruiter, author, reviewer
	Session string   // id of the session, never its secret
	Subject string   // of a candidate: the candidate's id
	Token   string   // of a member whose token asks for them: the token's id
}

// Signs is the kind and id under which the record of what people did keeps an act: what a token does is not said to be its member's own doing.
func (a Actor) Signs() (Kind, string) {
	if a.Token != "" {
		return Token, a.Token
	}
	return a.Kind, a.ID
}

// Has says whether the actor has one of the roles.
func (a Actor) Has(roles ...string) bool {
	return slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(a.Roles, r) })
}

// ForSystem is the program itself acting in an organisation; name says which part ("attempt.close").
func ForSystem(org, name string) Actor { return Actor{Kind: System, ID: name, Org: org} }
