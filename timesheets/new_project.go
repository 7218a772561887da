package timesheets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"punchcard/auth"
)

// NewProject is what an administrator, or a provisioning file, says about a project.
type NewProject struct {
	Name          string   `json:"name"` // no other project's
	Customer      string   `json:"customer"`
	Billable      bool     `json:"billable"`
	Tasks         []string `json:"tasks"`
	TasksOnly     bool     `json:"tasks_only"`
	MembersOnly   bool     `json:"members_only"`
	Closed        bool     `json:"closed"`
	ApproverID    *string  `json:"approver_id"`    // who decides about time on it; nil: the owner's manager
	BudgetMinutes *int     `json:"budget_minutes"` // nil: none
	BudgetPeriod  string   `json:"budget_period"`  // total or month; empty: total, if there is a budget

	// Of a provisioning file alone:
	Members  []string `json:"-"` // e-mail addresses of all members; none: the project is open to everybody
	Approver string   `json:"-"` // the e-mail address of the approver
	Unsaid   []string `json:"-"` // members of this that a project which is there already keeps as they are
}

// Limits of a project.
const (
	nameLimit   = 200 // characters
	tasksLimit  = 200 // tasks
	budgetLimit = 100_000_000
)

// Validate says everything that is wrong with the project by itself.
func (n NewProject) Validate() error {
	var c check
	n.check(&c, "")
	return c.fault()
}

// check says what is wrong with what stands at the pointer.
func (n NewProject) check(c *check, at string) {
	c.that(strings.TrimSpace(n.Name) != "", at+"/name", "is needed")
	c.that(n.Name == strings.TrimSpace(n.Name), at+"/name", "must not begin or end with a space")
	c.line(n.Name, at+"/name", nameLimit)
	c.line(n.Customer, at+"/customer", nameLimit)
	c.that(len(n.Tasks) <= tasksLimit, at+"/tasks", "must be at most %d tasks", tasksLimit)
	for i, task := range n.Tasks[:min(len(n.Tasks), tasksLimit)] {
		c.that(strings.TrimSpace(task) != "", fmt.Sprintf("%s/tasks/%d", at, i), "must not be empty")
		c.line(task, fmt.Sprintf("%s/tasks/%d", at, i), taskLimit)
	}
	if n.ApproverID != nil {
		c.line(*n.ApproverID, at+"/approver_id", idLimit)
	}
	c.line(n.Approver, at+"/approver", nameLimit)
	c.that(n.BudgetMinutes == nil || 1 <= *n.BudgetMinutes && *n.BudgetMinutes <= budgetLimit, at+"/budget_minutes",
		"must be between 1 and %d minutes", budgetLimit)
	c.that(slices.Contains([]string{"", forAll, forMonth}, n.BudgetPeriod), at+"/budget_period", "must be total or month")
	c.that(n.BudgetMinutes != nil || n.BudgetPeriod == "", at+"/budget_period", "is that of a budget, of which there is none")
}

// CreateProject makes a project, which is for administrators alone.
func (s *Service) CreateProject(ctx context.Context, by auth.Caller, n NewProject) (Project, error) {
	if err := onlyAdministrators(by, "only an administrator can make projects"); err != nil {
		return Project{}, err
	}
	made := s.project()
	n.fill(&made)
	err := s.entitle(ctx, func(tx *gorm.DB) ([]string, error) {
		if err := approves(ctx, tx, made.ApproverID); err != nil {
			return nil, err
		}
		return approversOf(made), s.insertProject(tx, by, made)
	})
	if err != nil {
		return Project{}, err
	}
	return s.shown(s.db.Read(ctx), by, made)
}

// project is a new one about which nothing is said yet.
func (s *Service) project() Project {
	return Project{ID: "prj_" + uuid.Must(uuid.NewV7()).String(), Revision: 1, CreatedAt: s.instant(), UpdatedAt: s.instant()}
}

// fill puts what n says into the project, new or old.
func (n NewProject) fill(p *Project) {
	p.Name, p.Customer, p.Billable = n.Name, strings.TrimSpace(n.Customer), n.Billable
	p.Tasks, p.TasksOnly, p.MembersOnly, p.Closed = distinct(n.Tasks), n.TasksOnly, n.MembersOnly, n.Closed
	p.ApproverID, p.BudgetMinutes, p.BudgetPeriod = n.ApproverID, n.BudgetMinutes, nil
	if n.BudgetMinutes != nil {
		period := forAll
		if n.BudgetPeriod != "" {
			period = n.BudgetPeriod
		}
		p.BudgetPeriod = &period
	}
}

func (s *Service) insertProject(tx *gorm.DB, by auth.Caller, p Project) error {
	if err := tx.Create(&p).Error; err != nil {
		return nameTaken(err, p)
	}
	return s.note(tx, by, deed{Action: "project.created", Object: p.ID, After: p})
}

// nameTaken says so in words. No check before the write could: somebody else's may come in between.
func nameTaken(err error, p Project) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return invalid(ValidationFailed, "/name", "is the name of another project")
	}
	return fmt.Errorf("write project %s: %w", p.ID, err)
}
