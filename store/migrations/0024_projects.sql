-- +goose Up

-- Projects that administrators keep over the API: for some people alone, with tasks that must be kept to, with a budget.

ALTER TABLE projects ADD COLUMN tasks_only BOOLEAN NOT NULL DEFAULT FALSE;   -- an entry's task is one of tasks, or none
ALTER TABLE projects ADD COLUMN members_only BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE projects ADD COLUMN budget_minutes INTEGER CHECK (budget_minutes > 0); -- NULL: it has none
ALTER TABLE projects ADD COLUMN budget_period TEXT CHECK (budget_period IN ('total', 'month'));
ALTER TABLE projects ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;         -- one more with each write
CREATE INDEX projects_by_customer ON projects (customer);

CREATE TABLE project_members (
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    active     BOOLEAN NOT NULL,                   -- or has time on it and is no member any more, so still sees it
    added_at   TIMESTAMP NOT NULL,
    PRIMARY KEY (user_id, project_id)
);
CREATE INDEX project_members_by_project ON project_members (project_id);

-- Of deleted entries too, which still point at their project: so it is also what a project's deletion looks into. A list
-- of one project's entries and the sum of a budget are read along it, the sum without touching an entry.
CREATE INDEX entries_by_project ON entries (project_id, date DESC, id DESC, minutes, deleted_at);

-- +goose Down
DROP INDEX entries_by_project;
DROP TABLE project_members;
DROP INDEX projects_by_customer;
ALTER TABLE projects DROP COLUMN revision;
ALTER TABLE projects DROP COLUMN budget_period;
ALTER TABLE projects DROP COLUMN budget_minutes;
ALTER TABLE projects DROP COLUMN members_only;
ALTER TABLE projects DROP COLUMN tasks_only;
