-- +goose Up

ALTER TABLE logins ADD COLUMN language TEXT NOT NULL DEFAULT ''; -- "de": in which the person signed in last; '': not known

-- +goose Down
ALTER TABLE logins DROP COLUMN language;
