// SPDX-License-Identifier: MIT

package recorder

import (
	"os"
	"sync/atomic"
	"time"
)

// process is what all recorders of one process share: its clock and the counters behind every
// number that is unique in the process.
var process = struct {
	start    time.Time
	pid      int
	seq      atomic.Uint64
	requests atomic.Uint64
	conns    atomic.Uint64
}{
	start: time.Now(),
	pid:   os.Getpid(),
}

// A stamp says when something happened, by the clock and by rank among all events of the process.
type stamp struct {
	time time.Time
	seq  uint64
}

// now is called first thing in every hook, before any lock, so that neither the clock nor the rank
// depends on how long the recorder itself takes.
func now() stamp {
	t := time.Now()
	return stamp{t, process.seq.Add(1)}
}

// mono returns the nanoseconds since the process began, which no clock step disturbs.
func (s stamp) mono() int64 { return int64(s.time.Sub(process.start)) }
