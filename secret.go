package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
)

const secretSize = 32 // bytes

// readSecret reads the secret from its file, a line in base64. If there is no file it makes one, which fresh tells.
func readSecret(path string, log *slog.Logger) (secret []byte, fresh bool, err error) {
	content, err := readSmallFile(path, 4<<10)
	if errors.Is(err, fs.ErrNotExist) {
		secret, err = makeSecret(path)
		return secret, err == nil, err
	}
	if err != nil {
		return nil, false, fmt.Errorf("the secret file can't be read: %w", err)
	}
	secret, err = base64.StdEncoding.DecodeString(strings.TrimSpace(string(content)))
	if err != nil || len(secret) < secretSize {
		return nil, false, fmt.Errorf("the secret file %s is damaged: it must be a line of base64 for at least %d bytes; "+
			"put back your copy of it", path, secretSize)
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
		log.Warn("other accounts can use the secret file: chmod 600 it", "file", path, "mode", info.Mode().Perm().String())
	}
	return secret, false, nil
}

// makeSecret returns when the secret is on the disk: what it will encrypt must not be there before it.
func makeSecret(path string) ([]byte, error) {
	secret := make([]byte, secretSize)
	rand.Read(secret)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = fmt.Fprintln(file, base64.StdEncoding.EncodeToString(secret))
		err = errors.Join(err, file.Sync(), file.Close())
	}
	if err != nil {
		return nil, fmt.Errorf("the secret file can't be made: %w; name another place with --secret-file", err)
	}
	return secret, nil
}

// readSmallFile reads a file of at most limit bytes.
func readSmallFile(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(content)) > limit {
		err = fmt.Errorf("%s is larger than %d KiB", path, limit>>10)
	}
	return content, err
}
