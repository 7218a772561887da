package rules

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"sync"
	"time"
)

// Limits bound what rules may take. A limit of zero is its default.
type Limits struct {
	Time      time.Duration // of all rules of a run together; 1 s
	Memory    int64         // bytes of a process; 128 MiB
	Processes int           // how many runs there are at once; as many as processors, 2 at least and 4 at most
	Queue     int           // how many more may wait; 64
	Wait      time.Duration // for how long; 3 s
}

// ErrBusy is the error of a run that found too many others before it. ErrClosed is that of one after Close.
var (
	ErrBusy   = errors.New("too many rules are running")
	ErrClosed = errors.New("rules are run no more")
)

// Engine runs rules. It starts its first process when there is a first run. Many may use it at once.
type Engine struct {
	limits  Limits
	turns   chan struct{} // one for each run there may be at once
	waiting chan struct{} // one for each run that waits or runs
	closed  chan struct{}
	close   sync.Once

	mu   sync.Mutex
	idle []*process // the last one is the one that was used last
}

// New makes an engine. It starts nothing yet.
func New(l Limits) *Engine {
	l.Time, l.Memory = cmp.Or(l.Time, time.Second), cmp.Or(l.Memory, 128<<20)
	l.Processes = cmp.Or(l.Processes, min(4, max(2, runtime.NumCPU())))
	l.Queue, l.Wait = cmp.Or(l.Queue, 64), cmp.Or(l.Wait, 3*time.Second)
	return &Engine{
		limits: l, turns: make(chan struct{}, l.Processes), waiting: make(chan struct{}, l.Processes+l.Queue),
		closed: make(chan struct{}),
	}
}

// Run runs rules. The error is a *Denied, a *Failed, ErrBusy, ErrClosed, that of the context while it waited for its turn, or
// a fault of the system. A run that has begun goes on to its end whatever becomes of the context: whoever hangs up must not
// cost a process.
func (e *Engine) Run(ctx context.Context, call Call) (Result, error) {
	return e.run(ctx, request{Call: call})
}

// Compile reports, by a *Failed or another error of Run, why a rule is no JavaScript function.
func (e *Engine) Compile(ctx context.Context, r Rule) error {
	_, err := e.run(ctx, request{Call: Call{Rules: []Rule{r}}, Only: true})
	return err
}

func (e *Engine) run(ctx context.Context, asked request) (Result, error) {
	if err := e.enter(ctx); err != nil {
		return Result{}, err
	}
	defer e.leave()
	for {
		p, fresh, err := e.process()
		if err != nil {
			return Result{}, err
		}
		result, began, err := p.run(asked, e.limits)
		if p.good {
			e.keep(p)
		} else {
			p.end()
		}
		if began || fresh {
			return result, err
		}
		// It had died while nobody looked: the next one has seen nothing of this call either.
	}
}

// enter waits for this run's turn.
func (e *Engine) enter(ctx context.Context) error {
	select {
	case e.waiting <- struct{}{}:
	default:
		return ErrBusy
	}
	patience := time.NewTimer(e.limits.Wait)
	defer patience.Stop()
	var err error
	select {
	case e.turns <- struct{}{}:
		select {
		case <-e.closed:
			<-e.turns
			err = ErrClosed
		default:
			return nil
		}
	case <-e.closed:
		err = ErrClosed
	case <-ctx.Done():
		err = ctx.Err()
	case <-patience.C:
		err = ErrBusy
	}
	<-e.waiting
	return err
}

func (e *Engine) leave() {
	<-e.turns
	<-e.waiting
}

// process is one that waits for a call, or a fresh one.
func (e *Engine) process() (p *process, fresh bool, err error) {
	e.mu.Lock()
	if n := len(e.idle); n > 0 {
		p, e.idle = e.idle[n-1], e.idle[:n-1]
	}
	e.mu.Unlock()
	if p != nil {
		return p, false, nil
	}
	p, err = startProcess(e.limits)
	return p, true, err
}

func (e *Engine) keep(p *process) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.idle = append(e.idle, p)
}

// Close waits for the runs that have begun and ends all processes. Later runs get ErrClosed.
func (e *Engine) Close() {
	e.close.Do(func() {
		close(e.closed)
		for range cap(e.turns) {
			e.turns <- struct{}{}
		}
		for _, p := range e.idle {
			p.end()
		}
		e.idle = nil
		for range cap(e.turns) {
			<-e.turns
		}
	})
}
