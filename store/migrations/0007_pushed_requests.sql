-- +goose Up

CREATE TABLE pushed_requests (                     -- authorization requests that were pushed (RFC 9126)
    hash       TEXT PRIMARY KEY,                   -- SHA-256 of the request_uri, hex
    client_id  TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    parameters TEXT NOT NULL,                      -- JSON object
    expires_at TIMESTAMP NOT NULL,
    used_at    TIMESTAMP
);
CREATE INDEX pushed_requests_by_expiry ON pushed_requests (expires_at);

-- +goose Down
DROP TABLE pushed_requests;
