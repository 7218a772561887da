package timesheets

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"punchcard/auth"
	"punchcard/auth/lang"
)

// ManyDecisions are about several periods at once.
type ManyDecisions struct {
	Items []ItemDecision `json:"items"`
}

// ItemDecision is one of them.
type ItemDecision struct {
	PeriodID string `json:"period_id"`
	ETag     string `json:"etag"` // of the period as it was seen
	Decision State  `json:"decision"`
	Comment  string `json:"comment"`
}

// ManyDecided is what came of many decisions, in their order.
type ManyDecided struct {
	Summary string        `json:"summary"` // "11 approved, 1 changed meanwhile"
	Results []ItemDecided `json:"results"`
}

// ItemDecided is what came of one: the period as it is now, or why it wasn't decided about.
type ItemDecided struct {
	PeriodID string  `json:"period_id"`
	Period   *Period `json:"period"`
	Problem  *Kind   `json:"problem"`
	Detail   string  `json:"detail"`
}

const manyLimit = 200

// Validate says everything that is wrong with the decisions by themselves.
func (m ManyDecisions) Validate() error {
	var c check
	c.that(1 <= len(m.Items) && len(m.Items) <= manyLimit, "/items", "must be between 1 and %d", manyLimit)
	for i, item := range m.Items[:min(len(m.Items), manyLimit)] {
		at := fmt.Sprintf("/items/%d", i)
		c.that(item.revision() != nil, at+"/etag", `must be the ETag of the period, quotation marks and all, such as "\"7\""`)
		if fault, ok := errors.AsType[*Fault](PeriodDecision{Decision: item.Decision, Comment: item.Comment}.Validate()); ok {
			for _, field := range fault.Fields {
				c.note(at+field.Pointer, field.Detail)
			}
		}
	}
	return c.fault()
}

// revision is the one that the entity tag stands for; nil if it stands for none.
func (d ItemDecision) revision() *int64 {
	tag, err := strconv.Unquote(d.ETag)
	tag, _, _ = strings.Cut(tag, "_") // after which stands what changes beside revisions
	revision, notNumber := strconv.ParseInt(tag, 10, 64)
	if err != nil || notNumber != nil {
		return nil
	}
	return &revision
}

// DecideMany decides about each of them by itself: that one can't be decided about keeps no other from it.
func (s *Service) DecideMany(ctx context.Context, by auth.Caller, m ManyDecisions) (ManyDecided, error) {
	done, count := ManyDecided{Results: make([]ItemDecided, 0, len(m.Items))}, map[string]int{}
	for _, item := range m.Items {
		result := ItemDecided{PeriodID: item.PeriodID}
		p, err := s.DecidePeriod(ctx, by, PeriodDecision{
			ID: item.PeriodID, Revision: item.revision(), Decision: item.Decision, Comment: item.Comment,
		})
		refused, isFault := errors.AsType[*Fault](err)
		switch {
		case err == nil:
			result.Period = &p
			count[string(item.Decision)]++
		case !isFault:
			return ManyDecided{}, err
		default:
			result.Problem, result.Detail = &refused.Kind, refused.Detail.In(lang.Tagged(by.Language))
			count[map[bool]string{true: "changed meanwhile", false: "refused"}[refused.Kind == StaleReview]]++
		}
		done.Results = append(done.Results, result)
	}
	done.Summary = inCounts(count, string(Approved), string(Rejected), "changed meanwhile", "refused")
	return done, nil
}

// inCounts tells how often each came of many things at once: "11 approved, 1 changed meanwhile".
func inCounts(count map[string]int, each ...string) string {
	var told []string
	for _, what := range each {
		if count[what] > 0 {
			told = append(told, fmt.Sprintf("%d %s", count[what], what))
		}
	}
	return strings.Join(told, ", ")
}
