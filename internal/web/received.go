package web

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"time"

	"candor/internal/clock"
)

// Listen stamps when the first byte of each request is read, by the deciding clock: no queue, lock or slow handler of ours can
// make a save late. Over HTTP/2 the requests of a connection are mixed, so there the mux's own time counts; it runs as soon as
// the headers are there.
// For TLS give it a listener of [TLS].
func Listen(l net.Listener, c *clock.Clock) net.Listener {
	if s, ok := l.(*tlsListener); ok {
		return tls.NewListener(&listener{s.Listener, c}, s.config)
	}
	return &listener{l, c}
}

// TLS says that a listener is to speak TLS. [Listen] puts its stamp under the encryption, where the first byte arrives, and gives
// net/http the connections it knows as encrypted.
func TLS(l net.Listener, config *tls.Config) net.Listener { return &tlsListener{l, config} }

type tlsListener struct {
	net.Listener
	config *tls.Config
}

// Accept is for whoever serves without Listen.
func (l *tlsListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return tls.Server(c, l.config), nil
}

type listener struct {
	net.Listener
	clock *clock.Clock
}

func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if _, encrypted := c.(*tls.Conn); encrypted {
		return c, nil // wrapped too late to stamp; net/http must see it as it is
	}
	return &conn{Conn: c, clock: l.clock, armed: true}, nil
}

// conn remembers when the first bytes came since it was armed. The server arms it when a request is answered.
type conn struct {
	net.Conn
	clock *clock.Clock
	mu    sync.Mutex
	armed bool
	first time.Time
	last  time.Time
}

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		now := c.clock.Now()
		c.mu.Lock()
		if c.armed {
			c.first, c.armed = now, false
		}
		c.last = now
		c.mu.Unlock()
	}
	return n, err
}

// stamp is the receipt of the request being served. A pipelined request whose bytes came together with the one before was
// received with them.
func (c *conn) stamp() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.armed {
		return c.last
	}
	return c.first
}

func (c *conn) arm() {
	c.mu.Lock()
	c.armed = true
	c.mu.Unlock()
}

type connKey struct{}

// withConn is for http.Server.ConnContext.
func withConn(ctx context.Context, c net.Conn) context.Context {
	if t, ok := c.(interface{ NetConn() net.Conn }); ok {
		c = t.NetConn()
	}
	if s, ok := c.(*conn); ok {
		return context.WithValue(ctx, connKey{}, s)
	}
	return ctx
}
