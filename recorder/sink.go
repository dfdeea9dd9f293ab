// SPDX-License-Identifier: MIT

package recorder

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"time"
)

const (
	// maxPending bounds the lines that wait for a writer which does not keep up. Disks may stall
	// for seconds.
	maxPending = 64 << 20
	// maxSpare bounds the buffer that is kept for the next lines.
	maxSpare = 1 << 20
	// closeWait is how long close waits for a writer that is stuck.
	closeWait = 10 * time.Second
)

var (
	errOverrun = errors.New("recorder: writer too slow, lines were lost")
	errStuck   = errors.New("recorder: writer stuck, the last lines were lost")
)

// A sink takes whole lines from any number of goroutines and never makes them wait for the writer.
//
// The first line after a pause starts a goroutine, which writes until nothing is left. So a line
// is on its way to the kernel when add returns, a burst of lines shares one write, and a process
// that is killed loses only what came during the last write.
type sink struct {
	mu      sync.Mutex
	drained *sync.Cond
	w       io.Writer
	onError func(error)
	limit   int // of pending
	wait    time.Duration
	pending []byte // whole lines that no write has taken yet
	spare   []byte // the buffer of the last write, to be filled next
	writing bool   // a goroutine is in drain
	torn    bool   // the last write ended in mid-line
	closed  bool
	gaveUp  bool  // close does not wait any more
	err     error // the first
}

func newSink(w io.Writer, onError func(error)) *sink {
	s := &sink{w: w, onError: onError, limit: maxPending, wait: closeWait}
	s.drained = sync.NewCond(&s.mu)
	return s
}

// add queues one whole line, newline included. It copies the line.
func (s *sink) add(line []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	if len(s.pending)+len(line) > s.limit {
		s.failed(errOverrun)
		return
	}
	s.pending = append(s.pending, line...)
	if !s.writing {
		s.writing = true
		go s.drain()
	}
}

func (s *sink) drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.pending) > 0 {
		batch := s.pending
		s.pending, s.spare = s.spare[:0], nil
		s.mu.Unlock()
		err := s.write(batch)
		s.mu.Lock()
		if cap(batch) <= maxSpare {
			s.spare = batch
		}
		if err != nil {
			s.failed(err)
		}
	}
	s.writing = false
	s.drained.Broadcast()
}

// write is called by drain only. Where a full disk has cut a line short, the next begins on a line
// of its own.
func (s *sink) write(batch []byte) error {
	if s.torn {
		if _, err := s.w.Write([]byte{'\n'}); err != nil {
			return err
		}
		s.torn = false
	}
	n, err := s.w.Write(batch)
	if err != nil && n > 0 && n < len(batch) {
		s.torn = !bytes.HasSuffix(batch[:n], []byte{'\n'})
	}
	return err
}

// failed keeps the first error and tells the program, once. Called with s.mu held.
func (s *sink) failed(err error) {
	if s.err != nil {
		return
	}
	s.err = err
	if s.onError != nil {
		go s.onError(err)
	}
}

// close waits until all lines are written, or the writer has been stuck for s.wait, and returns the
// first error there ever was.
func (s *sink) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	alarm := time.AfterFunc(s.wait, s.giveUp)
	defer alarm.Stop()
	for s.writing && !s.gaveUp {
		s.drained.Wait()
	}
	if s.writing {
		s.failed(errStuck)
	}
	return s.err
}

func (s *sink) giveUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gaveUp = true
	s.drained.Broadcast()
}
