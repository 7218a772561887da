-- +goose Up

-- What an administrator demands of an application's authorization requests, or lets go.

ALTER TABLE clients ADD COLUMN require_pushed_authorization_requests BOOLEAN NOT NULL DEFAULT FALSE; -- /authorize takes pushed ones alone
ALTER TABLE clients ADD COLUMN pkce_optional BOOLEAN NOT NULL DEFAULT FALSE;                         -- web apps: a nonce does instead

-- +goose Down
ALTER TABLE clients DROP COLUMN pkce_optional;
ALTER TABLE clients DROP COLUMN require_pushed_authorization_requests;
