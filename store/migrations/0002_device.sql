-- +goose Up

CREATE TABLE device_requests (                     -- a device that waits for a person to allow it (RFC 8628)
    hash             TEXT PRIMARY KEY,             -- SHA-256 of the device code, hex
    user_code_mac    TEXT NOT NULL UNIQUE,         -- the user code is too short to be kept as a bare hash
    client_id        TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    api_id           TEXT NOT NULL REFERENCES apis (id) ON DELETE CASCADE,
    scopes           TEXT NOT NULL,                -- JSON array, as they were asked for
    ip               TEXT NOT NULL,                -- from where
    poll_interval    INTEGER NOT NULL,             -- seconds; grows with every poll that comes too soon
    created_at       TIMESTAMP NOT NULL,
    expires_at       TIMESTAMP NOT NULL,
    polled_at        TIMESTAMP,
    denied_at        TIMESTAMP,
    authorization_id TEXT REFERENCES authorizations (id) ON DELETE CASCADE, -- once a person allowed it
    used_at          TIMESTAMP,
    CHECK (denied_at IS NULL OR authorization_id IS NULL),
    CHECK (used_at IS NULL OR authorization_id IS NOT NULL)
);
CREATE INDEX device_requests_by_authorization ON device_requests (authorization_id);
CREATE INDEX device_requests_by_expiry ON device_requests (expires_at);

-- +goose Down
DROP TABLE device_requests;
