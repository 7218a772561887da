-- +goose Up

-- Other services than the built-in one, and what administrators decide for each.

ALTER TABLE apis ADD COLUMN enforce_policies BOOLEAN NOT NULL DEFAULT TRUE;      -- people get what their roles permit; else all of its scopes
ALTER TABLE apis ADD COLUMN grant_all_permitted BOOLEAN NOT NULL DEFAULT FALSE;  -- tokens hold all that is permitted, asked for or not
ALTER TABLE apis ADD COLUMN permissions_claim BOOLEAN NOT NULL DEFAULT FALSE;    -- tokens list all that the person's roles permit
ALTER TABLE apis ADD COLUMN allow_offline_access BOOLEAN NOT NULL DEFAULT TRUE;  -- refresh tokens may be asked for
ALTER TABLE apis ADD COLUMN skip_consent BOOLEAN NOT NULL DEFAULT FALSE;         -- nobody is asked whether an application may

CREATE TABLE api_scopes (                          -- of services that administrators made; those built in have theirs in the program
    api_id      TEXT NOT NULL REFERENCES apis (id) ON DELETE CASCADE,
    value       TEXT NOT NULL,
    description TEXT NOT NULL,
    position    INTEGER NOT NULL,
    PRIMARY KEY (api_id, value)
);

CREATE TABLE user_permissions (                    -- beside those of roles
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    api_id  TEXT NOT NULL REFERENCES apis (id) ON DELETE CASCADE,
    scope   TEXT NOT NULL,
    PRIMARY KEY (user_id, api_id, scope)
);

ALTER TABLE clients ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE clients ADD COLUMN grant_types TEXT NOT NULL DEFAULT '[]';           -- JSON array; empty: all of its type
ALTER TABLE clients ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}';              -- JSON object of texts

-- An application has one grant per service for itself, and one for what it may ask people for.

CREATE TABLE client_grants_2 (
    id           TEXT PRIMARY KEY,                 -- cgr_…
    client_id    TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    api_id       TEXT NOT NULL REFERENCES apis (id) ON DELETE CASCADE,
    subject_type TEXT NOT NULL CHECK (subject_type IN ('client', 'user')),
    scopes       TEXT NOT NULL,                    -- JSON array
    skip_consent BOOLEAN NOT NULL DEFAULT FALSE,   -- people aren't asked: an administrator decided for them
    UNIQUE (client_id, api_id, subject_type)
);
INSERT INTO client_grants_2 (id, client_id, api_id, subject_type, scopes) SELECT id, client_id, api_id, 'client', scopes FROM client_grants;
DROP TABLE client_grants;
ALTER TABLE client_grants_2 RENAME TO client_grants;
CREATE INDEX client_grants_by_api ON client_grants (api_id);

-- Two applications may have been given the same secret.

CREATE TABLE client_secrets_2 (
    client_id  TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    hash       TEXT NOT NULL,                      -- SHA-256, hex
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (client_id, hash)
);
INSERT INTO client_secrets_2 (client_id, hash, created_at) SELECT client_id, hash, created_at FROM client_secrets;
DROP TABLE client_secrets;
ALTER TABLE client_secrets_2 RENAME TO client_secrets;

-- +goose Down
CREATE TABLE client_secrets_1 (
    hash       TEXT PRIMARY KEY,
    client_id  TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL
);
INSERT INTO client_secrets_1 SELECT hash, MIN(client_id), MIN(created_at) FROM client_secrets GROUP BY hash;
DROP TABLE client_secrets;
ALTER TABLE client_secrets_1 RENAME TO client_secrets;
CREATE INDEX client_secrets_by_client ON client_secrets (client_id);
CREATE TABLE client_grants_1 (
    id        TEXT PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    api_id    TEXT NOT NULL REFERENCES apis (id) ON DELETE CASCADE,
    scopes    TEXT NOT NULL,
    UNIQUE (client_id, api_id)
);
INSERT INTO client_grants_1 SELECT id, client_id, api_id, scopes FROM client_grants WHERE subject_type = 'client';
DROP TABLE client_grants;
ALTER TABLE client_grants_1 RENAME TO client_grants;
ALTER TABLE clients DROP COLUMN metadata;
ALTER TABLE clients DROP COLUMN grant_types;
ALTER TABLE clients DROP COLUMN description;
DROP TABLE user_permissions;
DROP TABLE api_scopes;
ALTER TABLE apis DROP COLUMN skip_consent;
ALTER TABLE apis DROP COLUMN allow_offline_access;
ALTER TABLE apis DROP COLUMN permissions_claim;
ALTER TABLE apis DROP COLUMN grant_all_permitted;
ALTER TABLE apis DROP COLUMN enforce_policies;
