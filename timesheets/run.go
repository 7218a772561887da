package timesheets

import (
	"context"
	"sync"
	"time"
)

// chores are what is done without anybody's asking. Each runs until its context ends.
var chores = []func(*Service, context.Context){
	(*Service).tellWebhooks, (*Service).sweepDeliveries, (*Service).sweepReplays,
	every(2*time.Second, "deliver mails", (*Service).DeliverMails),
	every(5*time.Minute, "remind people", (*Service).remind),
	every(time.Hour, "sweep notifications", (*Service).sweepNotifications),
}

// every is a chore that is done again and again, with a pause before each time.
func every(pause time.Duration, name string, do func(*Service, context.Context) error) func(*Service, context.Context) {
	return func(s *Service, ctx context.Context) {
		again := time.NewTicker(pause)
		defer again.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-again.C:
			}
			if err := do(s, ctx); err != nil && ctx.Err() == nil {
				s.log.Error(name, "error", err)
			}
		}
	}
}

// Run does the chores until ctx ends.
func (s *Service) Run(ctx context.Context) {
	var running sync.WaitGroup
	for _, chore := range chores {
		running.Go(func() { chore(s, ctx) })
	}
	running.Wait()
}
