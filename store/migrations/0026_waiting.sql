-- +goose Up

-- A manager's queue is read person by person, and each has far more weeks that were decided about than weeks that wait.
CREATE INDEX periods_waiting_by_person ON periods (user_id, start_day DESC, id DESC) WHERE state = 'submitted';

-- +goose Down
DROP INDEX periods_waiting_by_person;
