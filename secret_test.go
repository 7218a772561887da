package main

import (
	"bytes"
	"encoding/base64"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheSecretIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	made, fresh, err := readSecret(path, quiet)
	if err != nil || !fresh || len(made) != 32 {
		t.Fatalf("made %d bytes, fresh %t, %v", len(made), fresh, err)
	}
	read, fresh, err := readSecret(path, quiet)
	if err != nil || fresh || !bytes.Equal(read, made) {
		t.Errorf("read another secret, fresh %t, %v", fresh, err)
	}
	if other, _, err := readSecret(path+"2", quiet); err != nil || bytes.Equal(other, made) {
		t.Errorf("the next secret is the same one, %v", err)
	}
}

func TestDamagedSecretsAreRefused(t *testing.T) {
	for name, content := range map[string]string{
		"empty":      "",
		"short":      base64.StdEncoding.EncodeToString(make([]byte, 31)),
		"not base64": strings.Repeat("~", 44),
		"cut off":    base64.StdEncoding.EncodeToString(make([]byte, 48))[:43],
		"large":      strings.Repeat("A", 5<<10),
	} {
		path := filepath.Join(t.TempDir(), "secret")
		write(t, path, content)
		if _, _, err := readSecret(path, quiet); err == nil {
			t.Errorf("%s: it was taken for a secret", name)
		}
		if after, err := os.ReadFile(path); err != nil || string(after) != content {
			t.Errorf("%s: the file was changed, %v", name, err)
		}
	}
}

func TestASecretThatOthersCanReadIsToldOf(t *testing.T) {
	for mode, warned := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o640: true, 0o604: true} {
		path := filepath.Join(t.TempDir(), "secret")
		if _, err := makeSecret(path); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		log := &screen{}
		secret, _, err := readSecret(path, slog.New(slog.NewTextHandler(log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(log.String(), "chmod 600") != warned {
			t.Errorf("%v: it said %q", mode, log)
		}
		if strings.Contains(log.String(), base64.StdEncoding.EncodeToString(secret)) {
			t.Errorf("%v: the secret is in the log", mode)
		}
	}
}
