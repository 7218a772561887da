-- +goose Up

-- auth: people, what they may do, and the applications that act for them.

CREATE TABLE users (
    id             TEXT PRIMARY KEY,               -- usr_…, the tokens' sub; never used again
    email          TEXT NOT NULL UNIQUE,           -- lower case
    email_verified BOOLEAN NOT NULL,
    name           TEXT NOT NULL,
    password_hash  TEXT NOT NULL,                  -- argon2id in PHC form; empty: no sign-in by password
    manager_id     TEXT REFERENCES users (id),
    blocked        BOOLEAN NOT NULL,
    created_at     TIMESTAMP NOT NULL,
    updated_at     TIMESTAMP NOT NULL,
    CHECK (manager_id <> id)
);
CREATE INDEX users_by_manager ON users (manager_id);

CREATE TABLE apis (
    id                    TEXT PRIMARY KEY,        -- "timesheets" is the built-in one
    audience              TEXT NOT NULL UNIQUE,
    name                  TEXT NOT NULL,
    signing_alg           TEXT NOT NULL CHECK (signing_alg IN ('RS256', 'PS256', 'ES256', 'EdDSA')),
    access_token_lifetime INTEGER NOT NULL CHECK (access_token_lifetime BETWEEN 1 AND 86400) -- seconds
);

CREATE TABLE roles (
    id          TEXT PRIMARY KEY,                  -- rol_…
    name        TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL
);

CREATE TABLE role_permissions (
    role_id TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    api_id  TEXT NOT NULL REFERENCES apis (id) ON DELETE CASCADE,
    scope   TEXT NOT NULL,
    PRIMARY KEY (role_id, api_id, scope)
);

CREATE TABLE user_roles (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role_id TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, role_id)
);
CREATE INDEX user_roles_by_role ON user_roles (role_id);

CREATE TABLE clients (
    id            TEXT PRIMARY KEY,                -- client_id
    name          TEXT NOT NULL,
    type          TEXT NOT NULL CHECK (type IN ('native', 'spa', 'web', 'machine')),
    redirect_uris TEXT NOT NULL,                   -- JSON array, as are the next three
    logout_uris   TEXT NOT NULL,
    web_origins   TEXT NOT NULL,
    scopes        TEXT NOT NULL,                   -- what the application may ever ask a person for
    skip_consent  BOOLEAN NOT NULL,
    disabled      BOOLEAN NOT NULL,
    created_at    TIMESTAMP NOT NULL,
    updated_at    TIMESTAMP NOT NULL
);

CREATE TABLE client_secrets (
    hash       TEXT PRIMARY KEY,                   -- SHA-256, hex
    client_id  TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX client_secrets_by_client ON client_secrets (client_id);

CREATE TABLE client_grants (
    id        TEXT PRIMARY KEY,                    -- cgr_…
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    api_id    TEXT NOT NULL REFERENCES apis (id) ON DELETE CASCADE,
    scopes    TEXT NOT NULL,                       -- JSON array
    UNIQUE (client_id, api_id)
);

CREATE TABLE consents (
    id         TEXT PRIMARY KEY,                   -- con_…
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id  TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    api_id     TEXT NOT NULL REFERENCES apis (id) ON DELETE CASCADE,
    scopes     TEXT NOT NULL,                      -- JSON array
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (user_id, client_id, api_id)
);

-- auth: signing in, and what came of it.

CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,                   -- ses_…, the tokens' sid
    hash       TEXT NOT NULL UNIQUE,               -- SHA-256 of the cookie, hex
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    auth_time  TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    ended_at   TIMESTAMP
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE interactions (
    hash         TEXT PRIMARY KEY,                 -- SHA-256 of the id in the page's address, hex
    browser_hash TEXT NOT NULL,                    -- SHA-256 of the cookie of the browser that began it
    client_id    TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    request      TEXT NOT NULL,                    -- JSON: the authorization request as it was accepted
    session_id   TEXT REFERENCES sessions (id) ON DELETE CASCADE, -- the sign-in that this interaction made
    created_at   TIMESTAMP NOT NULL,
    expires_at   TIMESTAMP NOT NULL,
    finished_at  TIMESTAMP
);
CREATE INDEX interactions_by_expiry ON interactions (expires_at);

CREATE TABLE authorizations (                      -- one per code: the family of all tokens that come of it
    id         TEXT PRIMARY KEY,                   -- aut_…
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id  TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    api_id     TEXT NOT NULL REFERENCES apis (id) ON DELETE CASCADE,
    session_id TEXT NOT NULL,
    scopes     TEXT NOT NULL,                      -- JSON array
    auth_time  TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,                 -- absolute: no refresh token outlives it
    revoked_at TIMESTAMP
);
CREATE INDEX authorizations_by_user ON authorizations (user_id, client_id);
CREATE INDEX authorizations_by_session ON authorizations (session_id);
CREATE INDEX authorizations_by_expiry ON authorizations (expires_at);

CREATE TABLE codes (
    hash             TEXT PRIMARY KEY,             -- SHA-256, hex
    authorization_id TEXT NOT NULL REFERENCES authorizations (id) ON DELETE CASCADE,
    redirect_uri     TEXT NOT NULL,
    code_challenge   TEXT NOT NULL,
    nonce            TEXT NOT NULL,
    expires_at       TIMESTAMP NOT NULL,
    used_at          TIMESTAMP
);
CREATE INDEX codes_by_authorization ON codes (authorization_id);

CREATE TABLE refresh_tokens (
    hash             TEXT PRIMARY KEY,             -- SHA-256, hex
    authorization_id TEXT NOT NULL REFERENCES authorizations (id) ON DELETE CASCADE,
    created_at       TIMESTAMP NOT NULL,
    expires_at       TIMESTAMP NOT NULL,           -- idle
    used_at          TIMESTAMP,
    successor        TEXT                          -- hash of the token that replaced it
);
CREATE INDEX refresh_tokens_by_authorization ON refresh_tokens (authorization_id);

CREATE TABLE signals (                             -- what every instance must hear of within a second
    key        TEXT PRIMARY KEY,                   -- "token:…", "authorization:…", "session:…" are dead; "user:…", "people", "policy", "keys" changed
    at         TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL                  -- nothing older than this can still be alive
);
CREATE INDEX signals_by_time ON signals (at);
CREATE INDEX signals_by_expiry ON signals (expires_at);

CREATE TABLE signing_keys (
    id          TEXT PRIMARY KEY,                  -- kid
    alg         TEXT NOT NULL,
    private_key TEXT NOT NULL,                     -- PKCS #8 under AES-256-GCM, base64
    created_at  TIMESTAMP NOT NULL,
    active_at   TIMESTAMP NOT NULL                 -- signs from then on; published before
);

CREATE TABLE setup_links (
    hash       TEXT PRIMARY KEY,                   -- SHA-256, hex
    expires_at TIMESTAMP NOT NULL,
    used_at    TIMESTAMP
);

-- timesheets

CREATE TABLE organization (                        -- one row
    id               INTEGER PRIMARY KEY CHECK (id = 1),
    name             TEXT NOT NULL,
    week_starts      TEXT NOT NULL CHECK (week_starts IN ('monday', 'sunday', 'saturday')),
    period           TEXT NOT NULL CHECK (period IN ('week', 'month')),
    submit_on_create BOOLEAN NOT NULL
);

CREATE TABLE projects (
    id         TEXT PRIMARY KEY,                   -- prj_…
    name       TEXT NOT NULL UNIQUE,
    customer   TEXT NOT NULL,
    billable   BOOLEAN NOT NULL,
    tasks      TEXT NOT NULL,                      -- JSON array
    closed     BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE TABLE entries (
    id            TEXT PRIMARY KEY,                -- UUIDv7
    user_id       TEXT NOT NULL REFERENCES users (id),
    date          TEXT NOT NULL,                   -- "2026-03-04" in the person's own calendar
    minutes       INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    start_time    TEXT,                            -- "09:00"
    end_time      TEXT,
    break_minutes INTEGER NOT NULL CHECK (break_minutes >= 0),
    project_id    TEXT NOT NULL REFERENCES projects (id),
    task          TEXT NOT NULL,
    tags          TEXT NOT NULL,                   -- JSON array
    note          TEXT NOT NULL,
    billable      BOOLEAN NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'approved', 'rejected')),
    submitted_at  TIMESTAMP,
    decided_by    TEXT REFERENCES users (id),      -- who approved or rejected it last
    decided_at    TIMESTAMP,
    comment       TEXT NOT NULL,                   -- the words of that decision
    source        TEXT NOT NULL,                   -- client_id that made it
    created_by    TEXT NOT NULL,                   -- user id, or client_id@clients
    edited_by     TEXT NOT NULL,
    revision      INTEGER NOT NULL,
    created_at    TIMESTAMP NOT NULL,
    updated_at    TIMESTAMP NOT NULL,
    deleted_at    TIMESTAMP,
    CHECK ((state IN ('approved', 'rejected')) = (decided_by IS NOT NULL))
);
CREATE INDEX entries_by_day ON entries (user_id, date DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX entries_of_all_by_day ON entries (date DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX entries_waiting ON entries (user_id, date DESC, id DESC) WHERE state = 'submitted' AND deleted_at IS NULL;

-- +goose Down
DROP TABLE entries;
DROP TABLE projects;
DROP TABLE organization;
DROP TABLE setup_links;
DROP TABLE signing_keys;
DROP TABLE signals;
DROP TABLE refresh_tokens;
DROP TABLE codes;
DROP TABLE authorizations;
DROP TABLE interactions;
DROP TABLE sessions;
DROP TABLE consents;
DROP TABLE client_grants;
DROP TABLE client_secrets;
DROP TABLE clients;
DROP TABLE user_roles;
DROP TABLE role_permissions;
DROP TABLE roles;
DROP TABLE apis;
DROP TABLE users;
