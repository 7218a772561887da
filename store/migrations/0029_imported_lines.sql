-- +goose Up

CREATE TABLE imported_lines (                      -- so that a file that comes again is not recorded again
    user_id  TEXT NOT NULL REFERENCES users (id),
    digest   TEXT NOT NULL,                        -- SHA-256 of the line's content, hex
    entry_id TEXT NOT NULL REFERENCES entries (id),
    PRIMARY KEY (user_id, digest)
);

-- +goose Down
DROP TABLE imported_lines;
