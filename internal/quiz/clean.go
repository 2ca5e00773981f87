package quiz

import (
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// clean takes out of n what does harm or has no place in Markdown.
func (s *Scribe) clean(n *html.Node, depth int) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if c.Type == html.CommentNode || depth > deepest {
			if depth > deepest {
				s.Q.Lose("A text is nested too deeply; what is in its depth was left out.")
			}
			n.RemoveChild(c)
		} else if c.Type == html.ElementNode {
			s.element(n, c, depth)
		}
		c = next
	}
}

func (s *Scribe) element(parent, n *html.Node, depth int) {
	put := func(text string) {
		parent.InsertBefore(&html.Node{Type: html.TextNode, Data: text}, n)
		parent.RemoveChild(n)
	}
	if say, ok := gone[n.Data]; ok {
		if strings.Contains(say, "%s") {
			say = fmt.Sprintf(say, shorten(source(n), 80))
		}
		if say != "" {
			s.Q.Lose("%s", say)
		}
		parent.RemoveChild(n)
		return
	}
	s.attributes(n)
	if _, off := attr(n, "hidden"); off || invisible.MatchString(value(n, "style")) {
		s.Q.Lose("Text that the source hides was left out.")
		parent.RemoveChild(n)
		return
	}
	switch n.Data {
	case "math":
		s.Q.Lose("A formula (MathML) was written as plain text: check it.")
		put(formula(n))
		return
	case "img", "object":
		if n.Data == "img" || strings.HasPrefix(value(n, "type"), "image/") {
			put(s.picture(n))
			return
		}
		s.Q.Lose("An embedded object was left out: %s.", shorten(source(n), 80))
	}
	s.clean(n, depth+1)
	switch n.Data {
	case "sub", "sup":
		put(shifted(n.Data == "sup", words(n)))
	case "rt":
		put("(" + words(n) + ")")
	case "rp":
		parent.RemoveChild(n)
	case "q":
		put("“" + words(n) + "”")
	case "a":
		if to := value(n, "href"); !safeLink(to) {
			if to != "" {
				s.Q.Lose("A link that leads nowhere outside of its source was left out: %s.", shorten(to, 80))
			}
			unwrap(parent, n)
		}
	case "td", "th":
		if value(n, "rowspan") != "" || value(n, "colspan") != "" {
			s.Q.Lose("Joined cells of a table stand apart now.")
		}
	}
}

// attributes keeps those that mean something in Markdown.
func (s *Scribe) attributes(n *html.Node) {
	var kept []html.Attribute
	for _, a := range n.Attr {
		switch key := strings.ToLower(a.Key); {
		case strings.HasPrefix(key, "on"):
			s.Q.Lose("A script in an attribute (%s) was left out.", shorten(key, 30))
		case key == "style" && styled.MatchString(a.Val):
			s.Q.Lose("Colours and other styling were left out.")
			kept = append(kept, a)
		default:
			kept = append(kept, a)
		}
	}
	if n.Data == "font" {
		s.Q.Lose("Colours and other styling were left out.")
	}
	n.Attr = kept
}

func attr(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return strings.TrimSpace(a.Val), true
		}
	}
	return "", false
}

func value(n *html.Node, key string) string { v, _ := attr(n, key); return v }

// source is where an element has its content from.
func source(n *html.Node) string {
	for _, key := range []string{"src", "data", "href", "title"} {
		if v := value(n, key); v != "" {
			return v
		}
	}
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode && value(c, "src") != "" {
			return value(c, "src")
		}
	}
	return "without a name"
}

func unwrap(parent, n *html.Node) {
	for n.FirstChild != nil {
		c := n.FirstChild
		n.RemoveChild(c)
		parent.InsertBefore(c, n)
	}
	parent.RemoveChild(n)
}

func safeLink(to string) bool {
	u, err := url.Parse(to)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" || err == nil && u.Scheme == "mailto"
}
