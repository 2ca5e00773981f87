// Package actor says who is asking, as plain strings without rules. Every noun takes an Actor and decides by itself.
package actor

import "slices"

// Kind is the sort of asker.
type Kind string

const (
	Candidate Kind = "candidate" // ID is the invitation's, Subject the candidate's
	Member    Kind = "member"    // ID is the member's in Org
	Token     Kind = "token"
	System    Kind = "system" // a job or the program itself
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
}

// Has says whether the actor has one of the roles.
func (a Actor) Has(roles ...string) bool {
	return slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(a.Roles, r) })
}

// ForSystem is the program itself acting in an organisation; name says which part ("attempt.close").
func ForSystem(org, name string) Actor { return Actor{Kind: System, ID: name, Org: org} }
