package timesheets

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/auth/lang"
)

// approves refuses an approver who isn't here, or can't sign in.
func approves(ctx context.Context, tx *gorm.DB, id *string) error {
	if id == nil {
		return nil
	}
	var ids []string
	if err := auth.People(ctx, tx).Where("id = ? AND NOT blocked", *id).Pluck("id", &ids).Error; err != nil {
		return fmt.Errorf("look for an approver: %w", err)
	}
	if len(ids) == 0 {
		return invalid(ValidationFailed, "/approver_id", "is nobody here who can sign in")
	}
	return nil
}

// approversOf are the people who approve the time of one of the projects.
func approversOf(projects ...Project) (ids []string) {
	for _, p := range projects {
		if p.ApproverID != nil {
			ids = append(ids, *p.ApproverID)
		}
	}
	return ids
}

// resolve finds the approver whom a provisioning file names, once everybody is there.
func (n *NewProject) resolve(tx *gorm.DB, at string) error {
	if n.Approver == "" {
		return nil
	}
	id, err := auth.PersonWith(tx, n.Approver)
	if err != nil {
		return err
	}
	if id == "" {
		return &auth.Mistake{Pointer: at, Detail: lang.Say("is nobody's e-mail here: name them under users too")}
	}
	n.ApproverID = &id
	return nil
}
