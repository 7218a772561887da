package timesheets

import (
	"encoding/json"
	"slices"
	"strings"

	"punchcard/auth/lang"
)

// admits refuses time on no project, and more time on one that is for its members on the part of anybody else. To who
// doesn't see the project, it is none.
func (g ground) admits(e Entry, more bool) error {
	isMember := g.member != nil && *g.member
	switch {
	case g.project != nil && (!g.membersOnly || isMember || !more):
		return nil
	case g.project != nil && e.editedBy != e.UserID: // by who sees all projects
		return invalid(ValidationFailed, "/project_id",
			"%s takes time of its members alone, and %s is none; an administrator can add them", *g.project, g.owner)
	case g.project != nil && g.member != nil:
		return invalid(ValidationFailed, "/project_id",
			"%s takes time of its members alone, and you are none any more; an administrator can add you", *g.project)
	default:
		return invalid(ValidationFailed, "/project_id", "is no project here")
	}
}

// hasTask reports whether the project takes the task.
func (g ground) hasTask(task string) bool {
	return task == "" || g.tasks == "" || slices.Contains(g.ownTasks(), task)
}

func (g ground) ownTasks() (tasks []string) {
	_ = json.Unmarshal([]byte(g.tasks), &tasks) // as Words wrote it
	return tasks
}

// theirTasks says which tasks the project takes, as far as one reads on.
func (g ground) theirTasks() lang.Sentence {
	const few = 20
	tasks := g.ownTasks()
	switch {
	case len(tasks) == 0:
		return lang.Say("must be left out: %s has no tasks", *g.project)
	case len(tasks) > few:
		return lang.Say("must be one of the tasks of %s, such as %s, or left out", *g.project, strings.Join(tasks[:few], ", "))
	default:
		return lang.Say("must be one of the tasks of %s, or left out: %s", *g.project, strings.Join(tasks, ", "))
	}
}
