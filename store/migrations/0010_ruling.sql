-- +goose Up

ALTER TABLE codes ADD COLUMN ruled TEXT;           -- JSON: what rules made of the tokens; NULL where none ran yet

CREATE TABLE rule_configs (                        -- what administrators tell rules, by key
    key        TEXT PRIMARY KEY,
    value      TEXT NOT NULL,                      -- AES-256-GCM, base64
    updated_at TIMESTAMP NOT NULL
);

-- +goose Down
DROP TABLE rule_configs;
ALTER TABLE codes DROP COLUMN ruled;
