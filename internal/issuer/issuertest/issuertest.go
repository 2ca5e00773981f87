// Package issuertest starts an OpenID provider for a test: the server of zitadel/oidc, which is certified, over TLS on loopback, with people, a login
// page and one client. What it does wrong, it does because a test says so.
package issuertest

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// What the client there is called, and its secret.
const (
	Client = "candor"
	Secret = "a secret of the test"
)

// Person is somebody who has an account there; everybody's password is "password".
type Person struct {
	Subject, Name, Email string
	Unchecked            bool // nobody checked the address
}

// Service is a running provider.
type Service struct {
	URL string

	server  *httptest.Server
	storage *storage.Storage
	clients map[string]*storage.Client

	mu     sync.Mutex
	people map[string]Person
	claims func(map[string]any) // changes an id token before it is signed
	keys   *rsa.PrivateKey      // signs in place of its own
}

// Start starts one that knows some people. Before somebody comes, Let says where the client is reached.
func Start(t testing.TB, people ...Person) *Service {
	t.Helper()
	s := &Service{people: map[string]Person{}, clients: map[string]*storage.Client{}}
	for _, p := range people {
		s.people[p.Subject] = p
	}
	s.server = httptest.NewUnstartedServer(nil)
	s.URL = "https://" + s.server.Listener.Addr().String()
	s.storage = storage.NewStorageWithClients(users{s}, s.clients)
	provider, err := op.NewProvider(&op.Config{CryptoKey: sha256.Sum256([]byte("test")), CodeMethodS256: true, AuthMethodPost: true}, s.storage,
		op.StaticIssuer(s.URL), op.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", provider)
	mux.HandleFunc("GET /login/username", s.page)
	mux.Handle("POST /login/username", op.NewIssuerInterceptor(provider.IssuerFromRequest).HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.FormValue("id")
		if err := s.storage.CheckUsernamePassword(r.FormValue("username"), r.FormValue("password"), id); err != nil {
			s.page(w, r)
			return
		}
		http.Redirect(w, r, op.AuthCallbackURL(provider)(r.Context(), id), http.StatusFound)
	}))
	mux.HandleFunc("POST /oauth/token", func(w http.ResponseWriter, r *http.Request) { s.token(w, r, provider) })
	s.server.Config.Handler = mux
	s.server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.server.StartTLS()
	t.Cleanup(s.server.Close)
	return s
}

// Roots are what trusts it, added to a pool or, with nil, alone.
func (s *Service) Roots(pool *x509.CertPool) *x509.CertPool {
	if pool == nil {
		pool = x509.NewCertPool()
	}
	pool.AddCert(s.server.Certificate())
	return pool
}

// Let lets people be sent back to an address, and to no other.
func (s *Service) Let(back string) { s.clients[Client] = storage.WebClient(Client, Secret, back) }

// Lies lets it say something else in its id tokens from now on; nil makes it honest again.
func (s *Service) Lies(claims func(map[string]any)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.claims, s.keys = claims, nil
}

// Forges lets a key sign that it does not publish.
func (s *Service) Forges() {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = key
}

// Stop ends it.
func (s *Service) Stop() { s.server.Close() }

// Enter is what a person's browser does there: it follows an address, signs in as a subject, and gives where it is sent back to.
func (s *Service) Enter(to, subject string) (back *url.URL, err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := s.server.Client()
	c = &http.Client{Jar: jar, Transport: c.Transport, Timeout: 10 * time.Second, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.String(), s.URL) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	page, err := c.Get(to)
	if err != nil {
		return nil, err
	}
	page.Body.Close()
	id := page.Request.URL.Query().Get("authRequestID")
	if id == "" {
		return nil, fmt.Errorf("no login page at %s: %s", page.Request.URL, page.Status)
	}
	res, err := c.PostForm(s.URL+"/login/username", url.Values{"id": {id}, "username": {subject}, "password": {"password"}})
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.Header.Get("Location") == "" {
		b, _ := io.ReadAll(res.Body)
		return nil, fmt.Errorf("signing in as %s: %s %s", subject, res.Status, b)
	}
	return res.Location()
}

var login = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Log in</title><main><h1>Log in</h1>
<form method="post" action="/login/username"><input type="hidden" name="id" value="{{.}}">
<label>Name <input name="username" id="username"></label> <label>Password <input type="password" name="password" id="password"></label> <button>Log in</button></form></main></html>`))

func (s *Service) page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	login.Execute(w, r.FormValue("authRequestID"))
}

// token lets the provider answer, and changes the id token where a test said so.
func (s *Service) token(w http.ResponseWriter, r *http.Request, provider http.Handler) {
	s.mu.Lock()
	claims, keys := s.claims, s.keys
	s.mu.Unlock()
	if claims == nil && keys == nil {
		provider.ServeHTTP(w, r)
		return
	}
	rec := httptest.NewRecorder()
	provider.ServeHTTP(rec, r)
	body := map[string]any{}
	raw, err := s.resign(rec.Body.Bytes(), body, claims, keys)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	maps.Copy(w.Header(), rec.Header())
	w.Header().Del("Content-Length")
	w.WriteHeader(rec.Code)
	w.Write(raw)
}

func (s *Service) resign(answer []byte, body map[string]any, claims func(map[string]any), keys *rsa.PrivateKey) ([]byte, error) {
	if err := json.Unmarshal(answer, &body); err != nil {
		return nil, err
	}
	token, ok := body["id_token"].(string)
	if !ok {
		return answer, nil
	}
	own, err := s.storage.SigningKey(context.Background())
	if err != nil {
		return nil, err
	}
	var key any = own.Key()
	if keys != nil {
		key = keys
	}
	parsed, err := jose.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, err
	}
	said := map[string]any{}
	if err := json.Unmarshal(parsed.UnsafePayloadWithoutVerification(), &said); err != nil {
		return nil, err
	}
	if claims != nil {
		claims(said)
	}
	payload, err := json.Marshal(said)
	if err != nil {
		return nil, err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: own.ID()}}, nil)
	if err != nil {
		return nil, err
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return nil, err
	}
	if body["id_token"], err = signed.CompactSerialize(); err != nil {
		return nil, err
	}
	return json.Marshal(body)
}

// users are the people as the provider asks for them.
type users struct{ s *Service }

// GetUserByID finds somebody by subject.
func (u users) GetUserByID(id string) *storage.User {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	p, ok := u.s.people[id]
	if !ok {
		return nil
	}
	first, last, _ := strings.Cut(p.Name, " ")
	return &storage.User{ID: p.Subject, Username: p.Subject, Password: "password", FirstName: first, LastName: last, Email: p.Email, EmailVerified: !p.Unchecked}
}

// GetUserByUsername is the same: people log in by their subject.
func (u users) GetUserByUsername(name string) *storage.User { return u.GetUserByID(name) }

// ExampleClientID is asked for by the provider's storage.
func (u users) ExampleClientID() string { return "service" }
