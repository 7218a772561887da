package timesheets

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/auth/lang"
)

// provisioner is who did what a provisioning file says.
var provisioner = auth.Caller{Client: "provisioning"}

// applyProjects makes and updates the projects that are named. What is as it should be already isn't written.
func (s *Service) applyProjects(ctx context.Context, tx *gorm.DB, named []NewProject) error {
	for i, n := range named {
		var before Project
		if err := tx.Where("name = ?", n.Name).Limit(1).Find(&before).Error; err != nil {
			return fmt.Errorf("read %s: %w", n.Name, err)
		}
		p := before
		n.MembersOnly = n.MembersOnly || len(n.Members) > 0
		if before.ID == "" {
			p = s.project()
		} else {
			n.keep(before)
		}
		if err := n.resolve(tx, fmt.Sprintf("/projects/%d/approver", i)); err != nil {
			return err
		}
		n.fill(&p)
		if err := s.putProject(tx, before, &p); err != nil {
			return err
		}
		if slices.Contains(n.Unsaid, "members") {
			continue
		}
		if err := s.putMembers(ctx, tx, p.ID, n.Members, fmt.Sprintf("/projects/%d/members", i)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) putProject(tx *gorm.DB, before Project, p *Project) error {
	switch {
	case before.ID == "":
		return s.insertProject(tx, provisioner, *p)
	case reflect.DeepEqual(before, *p):
		return nil
	default:
		return s.updateProject(tx, provisioner, before, p)
	}
}

// keep takes over from the project what the file doesn't say.
func (n *NewProject) keep(p Project) {
	old := p.said()
	for _, member := range n.Unsaid {
		switch member {
		case "customer":
			n.Customer = old.Customer
		case "billable":
			n.Billable = old.Billable
		case "tasks":
			n.Tasks = old.Tasks
		case "tasks_only":
			n.TasksOnly = old.TasksOnly
		case "members":
			n.MembersOnly = old.MembersOnly
		case "approver":
			n.ApproverID = old.ApproverID
		case "closed":
			n.Closed = old.Closed
		case "budget_minutes":
			n.BudgetMinutes, n.BudgetPeriod = old.BudgetMinutes, old.BudgetPeriod // which stand together
		}
	}
}

// putMembers makes those with the e-mail addresses the project's members, and nobody else.
func (s *Service) putMembers(ctx context.Context, tx *gorm.DB, project string, emails []string, at string) error {
	var were, are []string
	err := tx.Model(&projectMember{}).Where("project_id = ? AND active", project).Order("user_id").Pluck("user_id", &were).Error
	if err != nil {
		return fmt.Errorf("read members: %w", err)
	}
	for i, email := range emails {
		var ids []string
		if err := auth.People(ctx, tx).Where("email = ?", strings.ToLower(strings.TrimSpace(email))).Pluck("id", &ids).Error; err != nil {
			return fmt.Errorf("look for a member: %w", err)
		}
		if len(ids) == 0 {
			return &auth.Mistake{Pointer: fmt.Sprintf("%s/%d", at, i),
				Detail: lang.Say("is nobody here: name somebody of users, or who signs in already")}
		}
		are = append(are, ids[0])
		if _, err := s.addMember(ctx, tx, provisioner, MemberRef{project, ids[0]}); err != nil {
			return err
		}
	}
	for _, id := range were {
		if slices.Contains(are, id) {
			continue
		}
		if err := s.removeMember(ctx, tx, provisioner, MemberRef{project, id}); err != nil {
			return err
		}
	}
	return nil
}
