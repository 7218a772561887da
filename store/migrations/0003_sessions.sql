-- +goose Up

-- A session also ends when nobody used it for days, and people see where they are signed in.

ALTER TABLE sessions ADD COLUMN seen_at TIMESTAMP NOT NULL DEFAULT '2026-01-01 00:00:00'; -- last used, to a few minutes
ALTER TABLE sessions ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';                      -- of the sign-in, as is the next
ALTER TABLE sessions ADD COLUMN ip TEXT NOT NULL DEFAULT '';
UPDATE sessions SET seen_at = auth_time;

-- +goose Down
ALTER TABLE sessions DROP COLUMN ip;
ALTER TABLE sessions DROP COLUMN user_agent;
ALTER TABLE sessions DROP COLUMN seen_at;
