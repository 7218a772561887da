-- +goose Up

CREATE TABLE rules (                               -- JavaScript that decides about tokens, in the order of position
    id         TEXT PRIMARY KEY,                   -- rul_…
    name       TEXT NOT NULL UNIQUE,
    source     TEXT NOT NULL,
    enabled    BOOLEAN NOT NULL,
    position   INTEGER NOT NULL,                   -- 1 is the first
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE TABLE logins (                              -- how often somebody signed in, which rules ask for
    user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    count   INTEGER NOT NULL
);

-- +goose Down
DROP TABLE logins;
DROP TABLE rules;
