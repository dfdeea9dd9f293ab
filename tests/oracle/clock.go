// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// A clock is what the report says of one: the offset at both ends of each part.
type clock struct {
	Pids  []int
	Parts []struct {
		From, To moment
	}
}

type moment struct {
	Time time.Time
	Lo   int64 `json:"offset_lo_ns"`
	Hi   int64 `json:"offset_hi_ns"`
}

// A wrongClock is what was done to a sidecar, in the words of testdata/gen/shiftclock. All captures
// were made on one machine, so where nothing was done the offset is 0.
type wrongClock struct {
	by, step, at time.Duration
	drift        float64
	first        time.Time // of the sidecar, as it was shifted
}

// readClocks returns the truth for each process. The file `clock` is about all sidecars, clock-2
// about the second.
func readClocks(f folder) (map[int]wrongClock, error) {
	clocks := map[int]wrongClock{}
	for i, path := range f.sidecars {
		c, err := readClock(f.path, "clock", fmt.Sprint("clock-", i+1))
		if err != nil {
			return nil, err
		}
		pid := 0
		if c.first, pid, err = firstLine(path); err != nil {
			return nil, err
		}
		clocks[pid] = c
	}
	return clocks, nil
}

func readClock(folder string, names ...string) (wrongClock, error) {
	var c wrongClock
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return c, err
		}
		flags := flag.NewFlagSet(name, flag.ContinueOnError)
		flags.DurationVar(&c.by, "by", 0, "")
		flags.DurationVar(&c.step, "step", 0, "")
		flags.DurationVar(&c.at, "at", 0, "")
		flags.Float64Var(&c.drift, "drift", 0, "")
		return c, flags.Parse(strings.Fields(string(text)))
	}
	return c, nil
}

var stamp = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`)

// firstLine returns the first time of a sidecar, and its pid.
func firstLine(path string) (time.Time, int, error) {
	in, err := os.Open(path)
	if err != nil {
		return time.Time{}, 0, err
	}
	defer in.Close()
	line, err := bufio.NewReader(in).ReadBytes('\n')
	if err != nil && err != io.EOF {
		return time.Time{}, 0, err
	}
	var e struct{ Pid int }
	_ = json.Unmarshal(line, &e) // another logger's file has none
	t, _ := time.Parse(time.RFC3339Nano, string(stamp.Find(line)))
	return t, e.Pid, nil
}

// offset is the true one when the program's clock shows t, before it was set or after.
func (c wrongClock) offset(t time.Time, after bool) time.Duration {
	added := c.by
	if after {
		added += c.step
	}
	shown := t.Sub(c.first)
	if after {
		shown -= c.step
	}
	run := float64(shown) / (1 + c.drift/1e6)
	return -(added + time.Duration(run*c.drift/1e6))
}

const rounding = 2 * time.Microsecond // a capture with microseconds cuts the rest off

// holds: is the truth in the interval? In a later part the clock was set.
func (c wrongClock) holds(m moment, part int) bool {
	truth := c.offset(m.Time, part > 0)
	return truth+rounding >= time.Duration(m.Lo) && truth-rounding <= time.Duration(m.Hi)
}

// checkClocks blames the verdict for intervals without the truth, and for steps that were not found.
func (v *verdict) checkClocks(f folder, r *report) error {
	truth, err := readClocks(f)
	if err != nil || r.Clock == nil {
		return err
	}
	for _, found := range r.Clock.Clocks {
		for _, pid := range found.Pids {
			c, known := truth[pid]
			if !known {
				c = truth[0]
			}
			for i, part := range found.Parts {
				for _, m := range []moment{part.From, part.To} {
					if !c.holds(m, i) {
						v.blame("clock of process %d: at %v the offset %v is not in [%v, %v]", pid, m.Time,
							c.offset(m.Time, i > 0), time.Duration(m.Lo), time.Duration(m.Hi))
					}
				}
			}
			steps := 0
			if c.step != 0 {
				steps = 1
			}
			if n := len(found.Parts) - 1; n > 0 && n != steps || n == 0 && steps > 0 {
				v.blame("clock of process %d: set %d times, in truth %d", pid, n, steps)
			}
		}
	}
	return nil
}
