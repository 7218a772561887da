package rules

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// process is a rules process as the server has it: for one call at a time.
type process struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	said *head
	good bool // it answered all that it was asked, and may be asked again
}

const (
	startTime  = 10 * time.Second      // for a process to be ready, on a machine that does much else
	watchEvery = 10 * time.Millisecond // how often a running process's memory is looked at
)

// startProcess starts this program as a rules process: without environment, and with three pipes and no other file.
func startProcess(l Limits) (*process, error) {
	path, err := self()
	if err != nil {
		return nil, fmt.Errorf("start the rules process: %w", err)
	}
	p := &process{cmd: exec.Command(path), said: &head{}}
	p.cmd.Args, p.cmd.Env, p.cmd.Dir, p.cmd.SysProcAttr = []string{processName}, []string{}, "/", attributes()
	p.cmd.Stderr, p.cmd.WaitDelay = p.said, time.Second
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("start the rules process: %w", err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the rules process: %w", err)
	}
	p.out = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the rules process: %w", err)
	}
	late := time.AfterFunc(startTime, p.kill)
	defer late.Stop()
	err = writeFrame(p.in, setup{Memory: l.Memory, Time: l.Time})
	if err == nil {
		err = readFrame(p.out, &report{})
	}
	if err != nil {
		p.end()
		return nil, fmt.Errorf("start the rules process: %w %s", err, p.said)
	}
	return p, nil
}

func (p *process) kill() { p.cmd.Process.Kill() }

// end ends the process for good.
func (p *process) end() {
	p.kill()
	p.cmd.Wait()
}

// run lets the process run rules, and tells whether the call arrived. A process that is late or large is killed.
func (p *process) run(asked request, l Limits) (result Result, began bool, err error) {
	p.good = false
	// The process ends a run by itself when its time is over. It is killed where it can't: inside of a regular expression.
	late := time.NewTimer(l.Time + l.Time/4)
	watch := time.NewTicker(watchEvery)
	defer late.Stop()
	defer watch.Stop()
	talk := p.talk(asked)
	var killed string
	for {
		select {
		case r, more := <-talk:
			switch {
			case !more:
				return result, began, p.died(asked.Rules, result.Trace, killed)
			case r.Trace != nil:
				result.Trace = append(result.Trace, *r.Trace)
			case r.End != nil:
				p.good = killed == "" && !r.End.Spent && resident(p.cmd.Process.Pid) < l.Memory/2
				return r.End.result(result)
			default:
				began = true
			}
		case <-late.C:
			killed = "it took too long"
			p.kill()
		case <-watch.C:
			if killed == "" && resident(p.cmd.Process.Pid) > l.Memory {
				killed = fmt.Sprintf("it took more than %d MiB of memory", l.Memory>>20)
				p.kill()
			}
		}
	}
}

// talk sends the call and gives what the process reports of it, until its end or that of the process.
func (p *process) talk(asked request) <-chan report {
	reports := make(chan report, len(asked.Rules)+2) // nobody needs to listen for it to end
	go func() {
		defer close(reports)
		if writeFrame(p.in, asked) != nil {
			return
		}
		for range cap(reports) {
			var r report
			if readFrame(p.out, &r) != nil {
				return
			}
			if reports <- r; r.End != nil {
				return
			}
		}
	}()
	return reports
}

// died says why the process gave no end: the rule that it was at is the one after those that it reported.
func (p *process) died(list []Rule, trace []Trace, killed string) error {
	failed := &Failed{Message: killed}
	if len(trace) < len(list) {
		failed.Rule = list[len(trace)].Name
	}
	if killed == "" {
		p.end() // what it said is complete then
		failed.Message = bounded("its process died: "+p.said.String(), maxMessage)
	}
	return failed
}

// result is the result of the run with its trace.
func (e *end) result(r Result) (Result, bool, error) {
	switch {
	case e.Denied != nil:
		return r, true, e.Denied
	case e.Failed != nil:
		return r, true, e.Failed
	}
	r.User, r.Context = e.User, e.Context
	return r, true, nil
}

// head keeps the beginning of what is written to it: the first line of a Go program's end says why.
type head struct {
	mu   sync.Mutex
	text []byte
}

func (h *head) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.text = append(h.text, b[:min(len(b), 1<<10-len(h.text))]...)
	return len(b), nil
}

func (h *head) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	line, _, _ := strings.Cut(string(h.text), "\n")
	return line
}
