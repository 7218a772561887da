package timesheets

import (
	"context"
	"sync"
)

// chores are what is done without anybody's asking. Each runs until its context ends.
var chores = []func(*Service, context.Context){(*Service).tellWebhooks, (*Service).sweepDeliveries, (*Service).sweepReplays}

// Run does the chores until ctx ends.
func (s *Service) Run(ctx context.Context) {
	var running sync.WaitGroup
	for _, chore := range chores {
		running.Go(func() { chore(s, ctx) })
	}
	running.Wait()
}
