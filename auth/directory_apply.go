package auth

import (
	"cmp"
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"punchcard/auth/lang"
)

// Apply makes or updates what the directory names, in one write, in which also, if it is not nil, runs last: either all of
// it holds or nothing. A *Mistake says what in the directory doesn't fit what there is already.
func (s *Server) Apply(ctx context.Context, d Directory, also func(tx *gorm.DB) error) error {
	if wrong := append(d.Check(s.scopes), s.checkBackchannels(d.Clients)...); len(wrong) > 0 {
		return &wrong[0]
	}
	hashes, err := s.hashNewPasswords(ctx, d.People)
	if err != nil {
		return err
	}
	if err := s.compileRules(ctx, d.Rules); err != nil {
		return err
	}
	err = s.change(ctx, func(tx *gorm.DB, n *news) error {
		for _, step := range []func() error{
			func() error { return putAPI(tx, d.API) },
			func() error { return putPeople(tx, n, d.People, hashes) },
			func() error { return putManagers(tx, n, d.People) },
			func() error { return s.putClients(tx, n, d.Clients) },
			func() error { return putRules(tx, n, d.Rules) },
			func() error { return s.putRuleConfigs(tx, n, d.RuleConfigs) },
			func() error { return n.tell("policy", "") },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		if also != nil {
			return also(tx)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.tendKeys(ctx)
}

// hashNewPasswords hashes the passwords that are not the person's already, before the write, which must not wait for it.
func (s *Server) hashNewPasswords(ctx context.Context, people []NewPerson) (map[string]string, error) {
	hashes := map[string]string{}
	for _, p := range people {
		if p.Password == "" {
			continue
		}
		var known Person
		err := s.db.Read(ctx).Where("email = ?", normalEmail(p.Email)).Take(&known).Error
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return nil, fmt.Errorf("read person: %w", err)
		}
		same, err := s.hashing.matches(ctx, known.PasswordHash, p.Password)
		if err != nil {
			return nil, err
		}
		if same {
			continue
		}
		if hashes[p.Email], err = s.hashing.hash(ctx, p.Password); err != nil {
			return nil, err
		}
	}
	return hashes, nil
}

func putAPI(tx *gorm.DB, a *NewAPI) error {
	if a == nil {
		return nil
	}
	err := tx.Model(&api{}).Where("id = ?", Timesheets).
		Updates(map[string]any{"audience": a.Audience, "signing_alg": cmp.Or(a.SigningAlg, "ES256"),
			"max_auth_age_for_approval": a.MaxAuthAgeForApproval}).Error
	if err != nil {
		return fmt.Errorf("keep the API: %w", err)
	}
	return nil
}

func putPeople(tx *gorm.DB, n *news, people []NewPerson, hashes map[string]string) error {
	roleIDs, err := readRoleIDs(tx)
	if err != nil {
		return err
	}
	for i, p := range people {
		var person Person
		err := tx.Where("email = ?", normalEmail(p.Email)).Take(&person).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			person = newPerson(p.Email, p.Name, n.now)
		} else if err != nil {
			return fmt.Errorf("read person: %w", err)
		}
		hash := cmp.Or(hashes[p.Email], p.PasswordHash, person.PasswordHash)
		if person.Name != p.Name || subtle.ConstantTimeCompare([]byte(person.PasswordHash), []byte(hash)) == 0 {
			person.Name, person.PasswordHash, person.UpdatedAt = p.Name, hash, n.now
		}
		if err := tx.Save(&person).Error; err != nil {
			return fmt.Errorf("keep person: %w", err)
		}
		for j, name := range p.Roles {
			id, ok := roleIDs[name]
			if !ok {
				return &Mistake{fmt.Sprintf("/users/%d/roles/%d", i, j), lang.Say("is no role; there are employee, manager and admin")}
			}
			if err := addRole(tx, person.ID, id); err != nil {
				return err
			}
		}
	}
	return nil
}

func newPerson(email, name string, now time.Time) Person {
	return Person{ID: "usr_" + uuid.Must(uuid.NewV7()).String(), Email: normalEmail(email), Name: name, CreatedAt: now, UpdatedAt: now}
}

func readRoleIDs(tx *gorm.DB) (map[string]string, error) {
	var roles []role
	if err := tx.Find(&roles).Error; err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	ids := map[string]string{}
	for _, r := range roles {
		ids[r.Name] = r.ID
	}
	return ids, nil
}

func addRole(tx *gorm.DB, user, roleID string) error {
	err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&userRole{UserID: user, RoleID: roleID}).Error
	if err != nil {
		return fmt.Errorf("give a role: %w", err)
	}
	return nil
}

// putManagers comes after all people are there: who manages may be named below whom they manage.
func putManagers(tx *gorm.DB, n *news, people []NewPerson) error {
	for i, p := range people {
		if p.Manager == "" {
			continue
		}
		var manager Person
		err := tx.Where("email = ?", normalEmail(p.Manager)).Take(&manager).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return &Mistake{fmt.Sprintf("/users/%d/manager", i), lang.Say("is nobody's e-mail here: name the manager under users too")}
		}
		if err != nil {
			return fmt.Errorf("read manager: %w", err)
		}
		another := tx.Model(&Person{}).Where("email = ? AND (manager_id IS NULL OR manager_id <> ?)", normalEmail(p.Email), manager.ID)
		if err := another.Updates(map[string]any{"manager_id": manager.ID, "updated_at": n.now}).Error; err != nil {
			return fmt.Errorf("keep manager: %w", err)
		}
	}
	return noCircles(tx, people)
}

// noCircles refuses people who manage each other, once all managers are as the file has them.
func noCircles(tx *gorm.DB, people []NewPerson) error {
	for i, p := range people {
		if p.Manager == "" {
			continue
		}
		var person, manager Person
		err := tx.Where("email = ?", normalEmail(p.Email)).Take(&person).Error
		if err == nil {
			err = tx.Where("email = ?", normalEmail(p.Manager)).Take(&manager).Error
		}
		if err != nil {
			return fmt.Errorf("read manager: %w", err)
		}
		err = noCircle(tx, person, manager)
		if wrong, ok := errors.AsType[*Mistake](err); ok {
			return &Mistake{fmt.Sprintf("/users/%d/manager", i), wrong.Detail}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
