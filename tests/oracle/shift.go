// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"fmt"
	"io"
	"time"
)

// shown is what the clock shows at the true time t, `run` after the first line.
func (c wrongClock) shown(t time.Time, run time.Duration) time.Time {
	shown := t.Add(c.by + time.Duration(float64(run)*c.drift/1e6))
	if c.step != 0 && run >= c.at {
		shown = shown.Add(c.step)
	}
	return shown
}

// shift copies a sidecar with its wall-clock times as this clock would have shown them; mono_ns and all
// else stay.
func (c wrongClock) shift(in io.Reader, out io.Writer) error {
	var first time.Time
	var failed error
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for failed == nil && lines.Scan() {
		line := stamp.ReplaceAllStringFunc(lines.Text(), func(text string) string {
			t, err := time.Parse(time.RFC3339Nano, text)
			if err != nil {
				failed = err
			}
			if first.IsZero() {
				first = t
			}
			return c.shown(t, t.Sub(first)).Format(time.RFC3339Nano)
		})
		fmt.Fprintln(out, line)
	}
	if failed != nil {
		return failed
	}
	return lines.Err()
}

// shiftInput is the command of it; the clock is in the words of the file `clock`.
func shiftInput(words string, in io.Reader, out io.Writer) error {
	c, err := parseClock(words)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(out)
	if err := c.shift(in, buffered); err != nil {
		return err
	}
	return buffered.Flush()
}
