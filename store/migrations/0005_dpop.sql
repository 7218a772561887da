-- +goose Up

-- DPoP (RFC 9449): the key that alone may redeem a code and, for a public client, refresh.

ALTER TABLE authorizations ADD COLUMN dpop_jkt TEXT NOT NULL DEFAULT ''; -- RFC 7638 thumbprint; empty: none

CREATE TABLE dpop_proofs (                         -- proofs that were used, for as long as one could come again
    hash       TEXT PRIMARY KEY,                   -- SHA-256 of the key's thumbprint and the jti, hex
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX dpop_proofs_by_expiry ON dpop_proofs (expires_at);

-- Step-up (RFC 9470)

ALTER TABLE apis ADD COLUMN max_auth_age_for_approval INTEGER NOT NULL DEFAULT 0
    CHECK (max_auth_age_for_approval >= 0);        -- seconds; 0: however long ago the person signed in

-- +goose Down
ALTER TABLE apis DROP COLUMN max_auth_age_for_approval;
DROP TABLE dpop_proofs;
ALTER TABLE authorizations DROP COLUMN dpop_jkt;
