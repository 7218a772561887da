package timesheets

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"punchcard/auth"
	"punchcard/timesheets/trackers"
)

// owner is whose time the line is: the caller's own where the line doesn't say, or says so.
func (in *intake) owner(ctx context.Context, l trackers.Line) (string, error) {
	called := cmp.Or(l.UserID, l.Email, l.Person)
	column := "person"
	switch called {
	case "":
		if in.by.Machine() {
			return "", invalid(ValidationFailed, "/email", "is needed: an application has no timesheet of its own")
		}
		return in.by.User, nil
	case l.UserID:
		column = "user_id"
	case l.Email:
		column = "email"
	}
	key := l.UserID + "\n" + l.Email + "\n" + l.Person
	id, known := in.owners[key]
	if !known {
		var err error
		if id, err = in.personCalled(ctx, l); err != nil {
			return "", err
		}
		in.owners[key] = id
	}
	switch {
	case id != "":
		return id, nil
	case seesAll(in.by):
		return "", invalid(ValidationFailed, "/"+column, "%q is nobody here, or several people", called)
	default:
		return "", invalid(ValidationFailed, "/"+column,
			"%q isn't you: only administrators, and applications acting for themselves, import somebody else's time", called)
	}
}

// personCalled is the one person whom the line means, by id, e-mail or name, whichever tells first; for most callers it can
// only be themselves.
func (in *intake) personCalled(ctx context.Context, l trackers.Line) (string, error) {
	for _, by := range []struct{ where, value string }{
		{"id = ?", l.UserID}, {"email = ?", strings.ToLower(l.Email)}, {"name = ?", l.Person},
	} {
		if by.value == "" || !printable(by.value) {
			continue
		}
		people := auth.People(ctx, in.tx).Where(by.where, by.value).Limit(2)
		if !seesAll(in.by) {
			people = people.Where("id = ?", in.by.User)
		}
		var ids []string
		if err := people.Pluck("id", &ids).Error; err != nil {
			return "", fmt.Errorf("look for a person: %w", err)
		}
		if len(ids) == 1 {
			return ids[0], nil
		}
	}
	return "", nil
}

// project is the id of the line's project, which is made where that was asked for.
func (in *intake) project(l trackers.Line) (string, error) {
	name := l.Project
	if name == "" && l.ProjectID == "" {
		if in.ProjectID == "" {
			return "", invalid(ValidationFailed, "/project", "is needed; or say by project_id=… where lines without one go")
		}
		return in.ProjectID, nil
	}
	key := l.ProjectID + "\n" + name
	if id, known := in.projects[key]; known {
		return id, nil
	}
	id, err := in.projectCalled(l)
	if err == nil && id == "" && in.CreateProjects && name != "" {
		id, err = in.createProject(l)
	}
	if err != nil {
		return "", err
	}
	if id == "" {
		return "", in.noProject(cmp.Or(name, l.ProjectID))
	}
	in.projects[key] = id
	return id, nil
}

func (in *intake) noProject(name string) error {
	if in.by.Admin {
		return invalid(ValidationFailed, "/project", "%q is no project here; create_projects=true would make it", name)
	}
	return invalid(ValidationFailed, "/project", "%q is no project here; ask an administrator for it", name)
}

// projectCalled is the id of the project that the line names, if the caller sees it: what they don't see is none to them.
func (in *intake) projectCalled(l trackers.Line) (string, error) {
	for _, by := range []struct{ where, value string }{{"id = ?", l.ProjectID}, {"name = ?", l.Project}} {
		if by.value == "" || !printable(by.value) {
			continue
		}
		var ids []string
		if err := visibleProjects(in.tx, in.by).Where(by.where, by.value).Limit(2).Pluck("id", &ids).Error; err != nil {
			return "", fmt.Errorf("look for a project: %w", err)
		}
		if len(ids) == 1 {
			return ids[0], nil
		}
	}
	return "", nil
}

// key is what the line is known by when it comes again: its content, and how often the same came before in the file.
func (in *intake) key(n NewEntry, l trackers.Line) string {
	content, _ := json.Marshal([]any{ // plain values
		n.UserID, n.Date, n.Minutes, n.Start, n.End, n.BreakMinutes, l.Project, l.Customer, n.Task, n.Tags, n.Note, n.Billable,
	})
	in.seen[string(content)]++
	sum := sha256.Sum256(fmt.Appendf(content, "#%d", in.seen[string(content)]))
	return hex.EncodeToString(sum[:])
}

// known reports whether the line was imported before, or is an entry's that was exported here. An id that is somebody
// else's entry is no id to keep.
func (in *intake) known(key, owner string, l trackers.Line) (bool, error) {
	var was []string
	err := in.tx.Raw("SELECT entry_id FROM imported_lines WHERE user_id = ? AND digest = ?", owner, key).Scan(&was).Error
	if err != nil {
		return false, fmt.Errorf("look for an imported line: %w", err)
	}
	if len(was) > 0 || uuid.Validate(l.ID) != nil {
		return len(was) > 0, nil
	}
	var owners []string
	if err := in.tx.Raw("SELECT user_id FROM entries WHERE id = ?", l.ID).Scan(&owners).Error; err != nil {
		return false, fmt.Errorf("look for an entry: %w", err)
	}
	if len(owners) > 0 && owners[0] != owner {
		return false, invalid(ValidationFailed, "/id", "is taken: leave the column out")
	}
	return len(owners) > 0, nil
}

func (in *intake) createProject(l trackers.Line) (string, error) {
	p := Project{
		ID: "prj_" + uuid.Must(uuid.NewV7()).String(), Name: l.Project, Customer: l.Customer,
		Billable: l.Billable != nil && *l.Billable, Tasks: Words{}, CreatedAt: in.now, UpdatedAt: in.now,
	}
	var c check
	NewProject{Name: p.Name, Customer: p.Customer}.check(&c, "")
	if err := c.fault(); err != nil {
		return "", err
	}
	if err := in.tx.Create(&p).Error; err != nil {
		return "", fmt.Errorf("create project: %w", err)
	}
	in.done.Projects = append(in.done.Projects, p.Name)
	return p.ID, in.s.note(in.tx, in.by, deed{Action: "project.created", Object: p.ID, After: p})
}
