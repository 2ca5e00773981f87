package mail_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"candor/internal/mail"
)

// server answers RCPT TO with a code and repeats the address, as many do; it gives its address.
func server(t *testing.T, code int) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				fmt.Fprint(c, "220 here\r\n")
				for lines := bufio.NewScanner(c); lines.Scan(); {
					switch verb, rest, _ := strings.Cut(lines.Text(), " "); verb {
					case "RCPT":
						fmt.Fprintf(c, "%d %s is not known today\r\n", code, rest)
					case "QUIT":
						fmt.Fprint(c, "221 bye\r\n")
						return
					default:
						fmt.Fprint(c, "250 yes\r\n")
					}
				}
			}()
		}
	}()
	return "smtp://" + l.Addr().String()
}

// TestWhoIsWrittenToStandsInNoErrorThatIsLogged: errors of jobs are logged and kept; only a refusal, which goes into the mail's own row,
// has the server's words.
func TestWhoIsWrittenToStandsInNoErrorThatIsLogged(t *testing.T) {
	for _, c := range []struct {
		code    int
		to      string
		refused bool
	}{{450, "amara@mail.example", false}, {550, "amara@mail.example", true}, {550, "amara at mail.example", true}} {
		s, err := mail.New(server(t, c.code), "candor@tideway.example", "Candor")
		if err != nil {
			t.Fatal(err)
		}
		err = s.Send(context.Background(), mail.Letter{ToName: "Amara", ToEmail: c.to, Subject: "Hello", Text: "Hello"})
		var no *mail.Refused
		if err == nil || errors.As(err, &no) != c.refused {
			t.Errorf("%d to %q = %v; refused: want %v", c.code, c.to, err, c.refused)
		} else if !c.refused && strings.Contains(strings.ToLower(err.Error()), "amara") {
			t.Errorf("%d to %q names the person: %v", c.code, c.to, err)
		}
	}
}
