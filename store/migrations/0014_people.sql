-- +goose Up

-- What administrators and applications keep about people, and how people come to a new password.

ALTER TABLE users ADD COLUMN app_metadata TEXT NOT NULL DEFAULT '{}';  -- JSON object, of administrators
ALTER TABLE users ADD COLUMN user_metadata TEXT NOT NULL DEFAULT '{}'; -- JSON object, of the person
CREATE INDEX users_by_name ON users (name, id);
CREATE INDEX users_by_creation ON users (created_at, id);

ALTER TABLE logins ADD COLUMN last_at TIMESTAMP;   -- when the person signed in last

CREATE TABLE password_tickets (                    -- links by which somebody sets a new password, each once
    hash           TEXT PRIMARY KEY,               -- SHA-256, hex
    user_id        TEXT NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE, -- a newer one takes its place
    verifies_email BOOLEAN NOT NULL,               -- it was sent to the person's address, which to use it proves
    result_url     TEXT NOT NULL,                  -- where to go on afterwards; empty: to sign in
    expires_at     TIMESTAMP NOT NULL
);
CREATE INDEX password_tickets_by_expiry ON password_tickets (expires_at);
CREATE INDEX consents_by_client ON consents (client_id);

-- +goose Down
DROP INDEX consents_by_client;
DROP TABLE password_tickets;
ALTER TABLE logins DROP COLUMN last_at;
DROP INDEX users_by_creation;
DROP INDEX users_by_name;
ALTER TABLE users DROP COLUMN user_metadata;
ALTER TABLE users DROP COLUMN app_metadata;
