-- +goose Up

ALTER TABLE organization ADD COLUMN revision INTEGER NOT NULL DEFAULT 1; -- one more with every change

-- +goose Down
ALTER TABLE organization DROP COLUMN revision;
