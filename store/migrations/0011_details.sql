-- +goose Up

ALTER TABLE authorizations ADD COLUMN claims TEXT NOT NULL DEFAULT '{}';   -- JSON: single claims that were asked for (OpenID Connect Core §5.5)
ALTER TABLE clients ADD COLUMN id_token_alg TEXT NOT NULL DEFAULT 'RS256'  -- its ID tokens are signed with
    CHECK (id_token_alg IN ('RS256', 'PS256', 'ES256', 'EdDSA'));

CREATE TABLE not_before (                          -- access tokens that were issued before are refused
    subject    TEXT PRIMARY KEY,                   -- "user:…", "client:…", or "all"
    at         TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL                  -- none that it concerns can still be alive
);
CREATE INDEX not_before_by_expiry ON not_before (expires_at);

CREATE INDEX codes_by_expiry ON codes (expires_at);

-- +goose Down
DROP INDEX codes_by_expiry;
DROP TABLE not_before;
ALTER TABLE clients DROP COLUMN id_token_alg;
ALTER TABLE authorizations DROP COLUMN claims;
