// Package slack is the bridge to Slack: an app that whoever runs a workspace makes of the manifest on the settings page. It posts by the Web API through the one
// way out, hears by the Events API and slash commands, and believes nothing that is not signed with the app's signing secret within the last five minutes.
// github.com/slack-go/slack speaks both.
package slack

import (
	"context"
	"crypto/x509"
	"errors"
	"regexp"
	"strings"
	"time"

	"candor/internal/bridge"
	"candor/internal/egress"
	"candor/internal/problem"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"
)

// Name is the word.
const Name = "slack"

// patience is how long Slack has for an answer.
const patience = 15 * time.Second

// Slack is the messenger.
type Slack struct {
	Out   egress.Out
	Roots *x509.CertPool // nil are the system's
	API   string         // "" is Slack's
}

var _ bridge.Messenger = (*Slack)(nil)

var (
	errToken = problem.New(problem.Invalid, "slack_token", "Slack does not take this token (any more). It begins with xoxb- and stands under “OAuth & Permissions” of the app, once it is installed.")
	errRoom  = problem.New(problem.Invalid, "slack_room", "The app is not in this channel, or there is none with this id. Write /invite @candor in the channel, and check the id.")
	errScope = problem.New(problem.Invalid, "slack_scope", "The app lacks a permission. Put the manifest of the settings page into the app once more, and install it again.")
)

// Name is the word.
func (*Slack) Name() string { return Name }

func (s *Slack) client(token string) *slack.Client {
	opts := []slack.Option{slack.OptionHTTPClient(s.Out.Client(patience, s.Roots))}
	if s.API != "" {
		opts = append(opts, slack.OptionAPIURL(s.API))
	}
	return slack.New(token, opts...)
}

// said makes a problem of what only a person can mend.
func said(err error) error {
	var e slack.SlackErrorResponse
	if !errors.As(err, &e) {
		return err
	}
	switch e.Err {
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type":
		return errToken
	case "channel_not_found", "not_in_channel", "is_archived":
		return errRoom
	case "missing_scope", "no_permission", "restricted_action":
		return errScope
	}
	return err
}

// Check says whose token it is.
func (s *Slack) Check(ctx context.Context, token string) (bridge.Team, error) {
	r, err := s.client(token).AuthTestContext(ctx)
	if err != nil {
		return bridge.Team{}, said(err)
	}
	return bridge.Team{ID: r.TeamID, Name: r.Team, Bot: r.UserID}, nil
}

// Post says something in a channel, or under a message of it. Nothing in the text is taken for a mention, a link or a command.
func (s *Slack) Post(ctx context.Context, token, room, under string, w bridge.Words) (string, error) {
	text := slackutilsx.EscapeMessage(w.Text)
	if w.Href != "" {
		text += "\n<" + w.Href + "|" + slackutilsx.EscapeMessage(w.Label) + ">"
	}
	opts := []slack.MsgOption{slack.MsgOptionText(text, false), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl()}
	if under != "" {
		opts = append(opts, slack.MsgOptionTS(under))
	}
	_, stamp, err := s.client(token).PostMessageContext(ctx, room, opts...)
	return stamp, said(err)
}

// Remove takes a message away.
func (s *Slack) Remove(ctx context.Context, token, room, stamp string) error {
	_, _, err := s.client(token).DeleteMessageContext(ctx, room, stamp)
	var e slack.SlackErrorResponse
	if errors.As(err, &e) && e.Err == "message_not_found" {
		return nil
	}
	return said(err)
}

var (
	marked  = regexp.MustCompile(`<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>`)
	unmarks = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
)

// plain is what somebody wrote in Slack, as people read it: links are their addresses, whoever is named is somebody.
func plain(text string) string {
	text = marked.ReplaceAllStringFunc(text, func(m string) string {
		x := marked.FindStringSubmatch(m)
		switch x[1] {
		case "@":
			return "@somebody"
		case "#", "!":
			return x[3]
		}
		if x[3] != "" && x[3] != x[2] {
			return x[3] + " (" + x[2] + ")"
		}
		return x[2]
	})
	return strings.TrimSpace(unmarks.Replace(text))
}
