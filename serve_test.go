package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"punchcard/store"
)

var quiet = slog.New(slog.DiscardHandler)

func TestAnEmptyFolderIsEnough(t *testing.T) {
	t.Chdir(t.TempDir())
	s := start(t, "--listen=localhost:0")
	if !strings.Contains(s.out.String(), "Keep a copy of it") {
		t.Errorf("it doesn't tell to keep the secret file:\n%s", s.out)
	}
	if !strings.Contains(s.out.String(), s.url+"setup?token=") {
		t.Errorf("it doesn't tell where to make the first administrator:\n%s", s.out)
	}
	if info, err := os.Stat("punchcard.secret"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the secret file: %v, %v", info, err)
	}
	var metadata struct{ Issuer string }
	if _, text := get(t, s.url+".well-known/openid-configuration"); json.Unmarshal([]byte(text), &metadata) != nil || metadata.Issuer != s.url {
		t.Errorf("the issuer is %q, want %q", metadata.Issuer, s.url)
	}
	if res, text := get(t, s.url+"health"); res.StatusCode != http.StatusOK {
		t.Errorf("health: %s %s", res.Status, text)
	}
	if status := s.stop(); status != 0 {
		t.Errorf("it ended with status %d: %s", status, s.log)
	}
	if left := names(t, "."); left != "punchcard.db punchcard.secret" {
		t.Errorf("it left %s behind", left)
	}
}

func TestTheSecondStartGoesOn(t *testing.T) {
	t.Chdir(t.TempDir())
	first := start(t, "--listen=localhost:0")
	_, keys := get(t, first.url+".well-known/jwks.json")
	first.stop()
	second := start(t, "--listen=localhost:0")
	if _, again := get(t, second.url+".well-known/jwks.json"); again != keys {
		t.Error("the keys are others after the second start")
	}
	if strings.Contains(second.out.String(), "secret file") {
		t.Errorf("it made a secret file again:\n%s", second.out)
	}
}

// oneLine is a message of one line on the log, and nothing else.
var oneLine = regexp.MustCompile(`^punchcard: [^\n]+\n$`)

func TestRefusalsSayWhatToDo(t *testing.T) {
	taken, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	serve := func(args ...string) []string { return append([]string{"serve", "--listen=localhost:0"}, args...) }
	for _, c := range []struct {
		name    string
		prepare func(t *testing.T)
		args    []string
		status  int
		want    string
	}{
		{"a flag that isn't", nil, []string{"--lisen=x"}, misspelled, "did you mean"},
		{"a command that isn't", nil, []string{"sevre"}, misspelled, "unexpected argument sevre; see punchcard --help"},
		{"half of a certificate", nil, serve("--tls-cert=x"), misspelled, "--tls-cert and --tls-key must be used together"},
		{"no certificate", nil, serve("--tls-cert=x", "--tls-key=y"), failed, "check --tls-cert and --tls-key"},
		{"a port that is taken", nil, []string{"--listen=" + taken.Addr().String()}, failed, "choose another address with --listen"},
		{"an empty address", nil, []string{"--listen="}, failed, "--listen is empty"},
		{"no address", nil, []string{"--listen=1"}, failed, "such as localhost:8080"},
		{"another machine's address", nil, []string{"--listen=192.0.2.1:8080"}, failed, "choose another with --listen"},
		{"no issuer", nil, serve("--issuer=time.example.com"), failed, "must look like https://"},
		{"a database without a folder", nil, serve("--db=sqlite:missing/punchcard.db"), failed, "name another place for the database"},
		{"a database below a file", file("taken"), serve("--db=sqlite:taken/punchcard.db"), failed, "name another place for the database"},
		{"an unknown kind of database", nil, serve("--db=mysql:x"), failed, "sqlite:PATH"},
		{"a database of a newer version", newerDatabase, serve(), failed, "start that version"},
		{"a secret file without a folder", nil, serve("--secret-file=missing/secret"), failed, "name another place with --secret-file"},
		{"a damaged secret file", file("punchcard.secret"), serve(), failed, "put back your copy"},
		{"another secret file", anotherSecret, serve(), failed, "Put back the secret file"},
		{"no provisioning file", nil, serve("--provision=x.yaml"), failed, "the provisioning file can't be read"},
		{"the demo for other machines", nil, []string{"demo", "--listen=:0"}, failed, "give --listen as localhost:PORT"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if c.prepare != nil {
				c.prepare(t)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // where it isn't refused, but serves
			defer cancel()
			out, log := &screen{}, &screen{}
			status := run(ctx, c.args, terminal{out, log})
			if status != c.status || !oneLine.MatchString(log.String()) || !strings.Contains(log.String(), c.want) {
				t.Errorf("status %d, %q; want status %d and a line with %q", status, log, c.status, c.want)
			}
			if out.String() != "" {
				t.Errorf("printed %q", out)
			}
		})
	}
}

// file makes a file that is nothing in particular.
func file(name string) func(*testing.T) {
	return func(t *testing.T) {
		if err := os.WriteFile(name, []byte("something\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func newerDatabase(t *testing.T) {
	db, err := store.Open(t.Context(), "sqlite:punchcard.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Write(t.Context(), func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, ?)", true).Error
	})
	if err != nil {
		t.Fatal(err)
	}
}

// anotherSecret makes a database, and then a secret file that isn't the database's.
func anotherSecret(t *testing.T) {
	start(t, "--listen=localhost:0").stop()
	if err := os.Remove("punchcard.secret"); err != nil {
		t.Fatal(err)
	}
	if _, err := makeSecret("punchcard.secret"); err != nil {
		t.Fatal(err)
	}
}

func TestALostSecretFileCanBePutBack(t *testing.T) {
	t.Chdir(t.TempDir())
	start(t, "--listen=localhost:0").stop()
	if err := os.Rename("punchcard.secret", "backup"); err != nil {
		t.Fatal(err)
	}
	log := &screen{}
	if status := run(t.Context(), []string{"--listen=localhost:0"}, terminal{io.Discard, log}); status != failed {
		t.Errorf("status %d", status)
	}
	if !strings.Contains(log.String(), "Put back the secret file") {
		t.Errorf("it said %q", log)
	}
	if left := names(t, "."); left != "backup punchcard.db" {
		t.Errorf("it left %s: a secret file that opens nothing must not stay", left)
	}
	if err := os.Rename("backup", "punchcard.secret"); err != nil {
		t.Fatal(err)
	}
	start(t, "--listen=localhost:0")
}

func TestIssuerIsMadeOfTheAddress(t *testing.T) {
	for _, c := range []struct {
		listen, issuer, cert, listening, want string
	}{
		{"localhost:8080", "", "", "127.0.0.1:8080", "http://localhost:8080/"},
		{"localhost:0", "", "", "127.0.0.1:4711", "http://localhost:4711/"},
		{":8080", "", "", "[::]:8080", "http://localhost:8080/"},
		{"0.0.0.0:8080", "", "", "0.0.0.0:8080", "http://localhost:8080/"},
		{"[::]:80", "", "", "[::]:80", "http://localhost/"},
		{"[::1]:8080", "", "", "[::1]:8080", "http://[::1]:8080/"},
		{"[::1]:80", "", "", "[::1]:80", "http://[::1]/"},
		{"time.example.com:443", "", "c.pem", "192.0.2.1:443", "https://time.example.com/"},
		{"time.example.com:80", "", "c.pem", "192.0.2.1:80", "https://time.example.com:80/"},
		{":8080", "https://time.example.com/", "", "[::]:8080", "https://time.example.com/"},
		{":8080", "https://time.example.com", "", "[::]:8080", "https://time.example.com/"},
	} {
		listening, err := net.ResolveTCPAddr("tcp", c.listening)
		if err != nil {
			t.Fatal(err)
		}
		s := settings{Listen: c.listen, Issuer: c.issuer, TLSCert: c.cert}
		if got := s.issuer(listening); got != c.want {
			t.Errorf("%+v: got %s", c, got)
		}
	}
}

func TestARequestUnderWayIsFinished(t *testing.T) {
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	began, finish := make(chan struct{}), make(chan struct{})
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(began)
		<-finish
		fmt.Fprint(w, "finished")
	})
	ctx, shutDown := context.WithCancel(t.Context())
	ended, answered := make(chan error, 1), make(chan string, 1)
	go func() { ended <- answer(ctx, listener, nil, slow, quiet) }()
	go func() {
		res, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		answered <- string(text)
	}()
	<-began
	shutDown()
	for refused := false; !refused; { // until nobody listens any more
		connection, err := net.Dial("tcp", listener.Addr().String())
		if refused = err != nil; !refused {
			connection.Close()
		}
	}
	select {
	case err := <-ended:
		t.Fatalf("it ended before the request did: %v", err)
	default:
	}
	close(finish)
	if got := <-answered; got != "finished" {
		t.Errorf("answered %q", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestHTTPS(t *testing.T) {
	folder := t.TempDir()
	cert, key, client := certificate(t, folder)
	s := start(t, "--listen=localhost:0", "--tls-cert="+cert, "--tls-key="+key,
		"--db=sqlite:"+filepath.Join(folder, "punchcard.db"), "--secret-file="+filepath.Join(folder, "punchcard.secret"))
	if !strings.HasPrefix(s.url, "https://localhost:") {
		t.Fatalf("it is at %s", s.url)
	}
	res, err := client.Get(s.url + "health")
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || !res.ProtoAtLeast(2, 0) {
		t.Errorf("got %s %s", res.Proto, res.Status)
	}
	body(t, res)
	t.Run("G-20 it is https alone from then on", func(t *testing.T) {
		if hsts := res.Header.Get("Strict-Transport-Security"); hsts == "" {
			t.Error("there is no Strict-Transport-Security")
		}
		plain, err := http.Post("http"+strings.TrimPrefix(s.url, "https")+"oauth/token", "application/x-www-form-urlencoded", strings.NewReader("grant_type=x"))
		if err != nil {
			t.Fatal(err)
		}
		if said := body(t, plain); plain.StatusCode != http.StatusBadRequest || strings.Contains(said, "{") || len(plain.Cookies()) > 0 {
			t.Errorf("plain HTTP got %d %s", plain.StatusCode, said)
		}
	})
	t.Run("G-20 cookies are Secure, and nobody else's to set", func(t *testing.T) {
		page, err := client.Get(s.url + "login?return_to=/account")
		if err != nil {
			t.Fatal(err)
		}
		body(t, page)
		cookies := page.Cookies()
		for _, c := range cookies {
			if !c.Secure || !c.HttpOnly || c.Domain != "" || c.Path != "/" || !strings.HasPrefix(c.Name, "__Host-") {
				t.Errorf("got %s", c)
			}
		}
		if len(cookies) == 0 {
			t.Error("there are none")
		}
	})
	client.CloseIdleConnections()
}
