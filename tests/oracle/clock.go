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

type interval struct {
	Lo int64 `json:"offset_lo_ns"`
	Hi int64 `json:"offset_hi_ns"`
}

func (i interval) halfWidth() time.Duration { return time.Duration(i.Hi-i.Lo) / 2 }

type moment struct {
	Time time.Time
	interval
}

// A wrongClock is what was done to a sidecar, or is to be done. All captures were made on one machine,
// so where nothing was done the offset is 0.
type wrongClock struct {
	by, step, at time.Duration
	drift        float64
	first        time.Time // of the sidecar, as it was shifted
}

// readClocks returns the truth for each process. The file `clock` is about all sidecars, clock-2
// about the second.
func readClocks(f folder) (map[int]wrongClock, error) {
	clocks := map[int]wrongClock{}
	if len(f.sidecars) == 0 {
		clocks[0] = wrongClock{}
	}
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
		return parseClock(string(text))
	}
	return c, nil
}

// parseClock reads the words of the file `clock`.
func parseClock(words string) (wrongClock, error) {
	var c wrongClock
	flags := flag.NewFlagSet("clock", flag.ContinueOnError)
	flags.DurationVar(&c.by, "by", 0, "the program's clock is so much ahead")
	flags.Float64Var(&c.drift, "drift", 0, "parts per million that it runs fast")
	flags.DurationVar(&c.step, "step", 0, "it is set forward by this as well")
	flags.DurationVar(&c.at, "at", 0, "so long after the first line")
	return c, flags.Parse(strings.Fields(words))
}

func (c wrongClock) String() string {
	return fmt.Sprintf("-by %v -drift %g -step %v -at %v", c.by, c.drift, c.step, c.at)
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
func (v *verdict) checkClocks(truth map[int]wrongClock, r *report) {
	before := len(v.wrong)
	defer func() { v.astray += len(v.wrong) - before }()
	if r.Clock == nil {
		return
	}
	for _, found := range r.Clock.Clocks {
		for _, pid := range found.Pids {
			c, known := truth[pid]
			if !known {
				c = truth[0]
			}
			v.checkClock(c, pid, found)
		}
	}
	if one := r.Clock.Clocks; len(one) == 1 && len(one[0].Parts) == 0 {
		v.checkWhole(truth, r.Clock.interval)
	}
}

func (v *verdict) checkClock(c wrongClock, pid int, found clock) {
	for i, part := range found.Parts {
		for _, m := range []moment{part.From, part.To} {
			v.halfWidths = append(v.halfWidths, m.halfWidth())
			if !c.holds(m, i) {
				v.blame("clock of process %d: at %v the offset %v is not in [%v, %v]", pid, m.Time,
					c.offset(m.Time, i > 0), time.Duration(m.Lo), time.Duration(m.Hi))
			}
		}
	}
	steps := one(c.step != 0)
	if n := len(found.Parts) - 1; n > 0 && n != steps || n == 0 && steps > 0 {
		v.blame("clock of process %d: set %d times, in truth %d", pid, n, steps)
	}
}

// checkWhole: of a log whose lines have whole seconds, or no times, there is only one interval.
func (v *verdict) checkWhole(truth map[int]wrongClock, all interval) {
	for pid, c := range truth {
		if all.Lo > all.Hi || c != (wrongClock{first: c.first}) {
			continue
		}
		v.halfWidths = append(v.halfWidths, all.halfWidth())
		if int64(rounding) < all.Lo || -int64(rounding) > all.Hi {
			v.blame("clock of process %d: the offset 0 is not in [%v, %v]", pid, time.Duration(all.Lo),
				time.Duration(all.Hi))
		}
	}
}
