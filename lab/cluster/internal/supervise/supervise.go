// Package supervise is the process side of a machine's PID 1: it keeps programs running and reaps every orphan.
package supervise

import (
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

const (
	firstPause = 200 * time.Millisecond
	longPause  = 10 * time.Second
	// A program that ran this long before it ended is restarted without delay.
	goodRun = 20 * time.Second
)

// Program is one child.
type Program struct {
	Name string   // of its log
	Path string   // of the executable
	Args []string // argv, the name it is called by included
	Env  []string
}

// Supervisor starts programs and waits for all of them. A machine has exactly one, and nothing else in that process
// may wait for children: the reaper takes them all.
type Supervisor struct {
	logs     string
	mu       sync.Mutex
	children map[int]chan syscall.WaitStatus
}

// New returns a supervisor that writes logs into this folder.
func New(logs string) *Supervisor {
	s := &Supervisor{logs: logs, children: map[int]chan syscall.WaitStatus{}}
	go s.reap()
	go trim(logs)
	return s
}

// Keep starts the program and starts it again whenever it ends, with growing pauses while it does not stay.
func (s *Supervisor) Keep(p Program) {
	go func() {
		pause := firstPause
		for {
			begin := time.Now()
			err := s.Run(p)
			if time.Since(begin) > goodRun {
				pause = firstPause
			}
			s.note(p.Name, fmt.Sprintf("--- %s ended (%v), starting it again in %v", p.Name, err, pause))
			time.Sleep(pause)
			pause = min(2*pause, longPause)
		}
	}()
}

// Run starts the program and waits for its end.
func (s *Supervisor) Run(p Program) error {
	log, err := openLog(s.logs, p.Name)
	if err != nil {
		return err
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		log.Close()
		return err
	}
	ended := make(chan syscall.WaitStatus, 1)
	s.mu.Lock() // the reaper must not see the child before it is known
	pid, err := syscall.ForkExec(p.Path, p.Args, &syscall.ProcAttr{
		Dir:   "/",
		Env:   p.Env,
		Files: []uintptr{null.Fd(), log.Fd(), log.Fd()},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	if err == nil {
		s.children[pid] = ended
	}
	s.mu.Unlock()
	null.Close()
	log.Close()
	if err != nil {
		return fmt.Errorf("start %s: %w", p.Path, err)
	}
	status := <-ended
	switch {
	case status.Signaled():
		return fmt.Errorf("signal %v", status.Signal())
	case status.ExitStatus() != 0:
		return fmt.Errorf("exit status %d", status.ExitStatus())
	}
	return nil
}

func (s *Supervisor) reap() {
	changes := make(chan os.Signal, 1)
	signal.Notify(changes, syscall.SIGCHLD)
	for {
		for s.reapOne() {
		}
		select {
		case <-changes:
		case <-time.After(time.Second):
		}
	}
}

func (s *Supervisor) reapOne() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	var status syscall.WaitStatus
	pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
	if err != nil || pid <= 0 {
		return false
	}
	if ended, ok := s.children[pid]; ok {
		ended <- status
		delete(s.children, pid)
	}
	return true
}

func (s *Supervisor) note(name, line string) {
	if f, err := openLog(s.logs, name); err == nil {
		fmt.Fprintln(f, time.Now().UTC().Format(time.RFC3339), line)
		f.Close()
	}
}
