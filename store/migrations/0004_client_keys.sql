-- +goose Up

CREATE TABLE client_key_sets (                     -- of an application that signs instead of keeping a secret (RFC 7523)
    client_id TEXT PRIMARY KEY REFERENCES clients (id) ON DELETE CASCADE,
    jwks      TEXT NOT NULL,                       -- JSON Web Key Set of public keys; empty: they are at jwks_uri
    jwks_uri  TEXT NOT NULL,
    CHECK ((jwks = '') <> (jwks_uri = ''))
);

CREATE TABLE client_assertions (                   -- that were taken, each once
    hash       TEXT PRIMARY KEY,                   -- SHA-256 of client_id and jti, hex
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX client_assertions_by_expiry ON client_assertions (expires_at);

-- +goose Down
DROP TABLE client_assertions;
DROP TABLE client_key_sets;
