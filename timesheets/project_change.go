package timesheets

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/auth/lang"
)

// ProjectChange is a merge patch (RFC 7386) of a project. The whole that comes of it must be as good as a new project.
type ProjectChange struct {
	ID            string          `path:"id" json:"-"`
	Revision      *int64          `match:"required" json:"-"` // the revision that the caller saw
	Name          Patch[string]   `json:"name"`
	Customer      Patch[string]   `json:"customer"`
	Billable      Patch[bool]     `json:"billable"`
	Tasks         Patch[[]string] `json:"tasks"`
	TasksOnly     Patch[bool]     `json:"tasks_only"`
	MembersOnly   Patch[bool]     `json:"members_only"`
	Closed        Patch[bool]     `json:"closed"`
	ApproverID    Patch[string]   `json:"approver_id"`    // null: the owner's manager
	BudgetMinutes Patch[int]      `json:"budget_minutes"` // null: no budget, whatever its period was
	BudgetPeriod  Patch[string]   `json:"budget_period"`
}

// ChangeProject edits a project, which is for administrators alone. Time that is on it stays as it is.
func (s *Service) ChangeProject(ctx context.Context, by auth.Caller, c ProjectChange) (Project, error) {
	if err := onlyAdministrators(by, "only an administrator can change projects"); err != nil {
		return Project{}, err
	}
	var changed Project
	err := s.entitle(ctx, func(tx *gorm.DB) ([]string, error) {
		before, err := projectAt(tx, by, ProjectRef{c.ID, c.Revision}, Update)
		if err != nil {
			return nil, err
		}
		n := c.over(before)
		if err := n.Validate(); err != nil {
			return nil, err
		}
		if c.ApproverID.Set {
			if err := approves(ctx, tx, n.ApproverID); err != nil {
				return nil, err
			}
		}
		changed = before
		n.fill(&changed)
		return approversOf(before, changed), s.updateProject(tx, by, before, &changed)
	})
	if err != nil {
		return Project{}, err
	}
	return s.shown(s.db.Read(ctx), by, changed)
}

// projectAt is a project at the revision that the caller saw.
func projectAt(tx *gorm.DB, by auth.Caller, ref ProjectRef, action Action) (Project, error) {
	p, err := projectOf(tx, by, ref.ID)
	if err != nil {
		return p, err
	}
	return p, isAt(lang.Words{lang.Verbatim(p.Name)}, p.Revision, ref.Revision, action)
}

// said is the project as somebody would say it anew.
func (p Project) said() NewProject {
	n := NewProject{
		Name: p.Name, Customer: p.Customer, Billable: p.Billable, Tasks: p.Tasks, TasksOnly: p.TasksOnly,
		MembersOnly: p.MembersOnly, Closed: p.Closed, ApproverID: p.ApproverID, BudgetMinutes: p.BudgetMinutes,
	}
	if p.BudgetPeriod != nil {
		n.BudgetPeriod = *p.BudgetPeriod
	}
	return n
}

// over is the project as it would be said with the change.
func (c ProjectChange) over(p Project) NewProject {
	n := p.said()
	n.Name = c.Name.overValue(n.Name)
	n.Customer = c.Customer.overValue(n.Customer)
	n.Billable = c.Billable.overValue(n.Billable)
	n.Tasks = c.Tasks.overValue(n.Tasks)
	n.TasksOnly = c.TasksOnly.overValue(n.TasksOnly)
	n.MembersOnly = c.MembersOnly.overValue(n.MembersOnly)
	n.Closed = c.Closed.overValue(n.Closed)
	n.ApproverID = c.ApproverID.over(n.ApproverID)
	n.BudgetMinutes = c.BudgetMinutes.over(n.BudgetMinutes)
	if n.BudgetMinutes == nil {
		n.BudgetPeriod = "" // which goes with it
	}
	n.BudgetPeriod = c.BudgetPeriod.overValue(n.BudgetPeriod)
	return n
}

// updateProject writes a project as one revision more. Who has time on one that is now for its members goes on seeing it.
func (s *Service) updateProject(tx *gorm.DB, by auth.Caller, before Project, p *Project) error {
	p.Revision, p.UpdatedAt = before.Revision+1, s.instant()
	if err := tx.Select("*").Omit("id", "created_at").Updates(p).Error; err != nil {
		return nameTaken(err, *p)
	}
	if p.MembersOnly && !before.MembersOnly {
		if err := keepSeeing(tx, p.ID, ""); err != nil {
			return err
		}
	}
	return s.note(tx, by, deed{Action: "project.updated", Object: p.ID, Before: before, After: *p})
}

// DeleteProject deletes a project that no entry names, which is for administrators alone.
func (s *Service) DeleteProject(ctx context.Context, by auth.Caller, ref ProjectRef) error {
	if err := onlyAdministrators(by, "only an administrator can delete projects"); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		p, err := projectAt(tx, by, ref, Delete)
		if err != nil {
			return err
		}
		inUse := fault(ProjectInUse, "there is time on %s, perhaps deleted since, so it stays; close it instead: "+
			`PATCH it with {"closed": true}`, p.Name)
		var entries []string
		if err := tx.Table("entries").Where("project_id = ?", p.ID).Limit(1).Pluck("id", &entries).Error; err != nil {
			return fmt.Errorf("look for time on %s: %w", p.ID, err)
		}
		if len(entries) > 0 {
			return inUse
		}
		if err := tx.Delete(&p).Error; errors.Is(err, gorm.ErrForeignKeyViolated) {
			return inUse
		} else if err != nil {
			return fmt.Errorf("delete %s: %w", p.ID, err)
		}
		return s.note(tx, by, deed{Action: "project.deleted", Object: p.ID, Before: p})
	})
}
