// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/rand"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// A trial is a real capture with its sidecar as a wrong clock would have written it. Everything about
// it follows from the seed.
type trial struct {
	folder
	seed  int64
	clock wrongClock
}

// randomClock: three of four are wrong from the beginning, half of them drift, half are set while the
// program runs. Less than 100 ms may hide behind slow requests.
func randomClock(dice *rand.Rand, length time.Duration) wrongClock {
	var c wrongClock
	if dice.Intn(4) > 0 {
		c.by = randomDuration(dice, time.Microsecond, 30*24*time.Hour)
	}
	if dice.Intn(2) > 0 {
		c.drift = math.Round(dice.Float64()*3000 - 1500)
	}
	if dice.Intn(2) > 0 {
		c.step = randomDuration(dice, 100*time.Millisecond, time.Hour)
		c.at = time.Duration(dice.Int63n(int64(length)))
	}
	return c
}

// randomDuration is as likely among the small ones as among the large, and of either sign.
func randomDuration(dice *rand.Rand, least, most time.Duration) time.Duration {
	low, high := math.Log(float64(least)), math.Log(float64(most))
	d := time.Duration(math.Exp(low + dice.Float64()*(high-low)))
	if dice.Intn(2) > 0 {
		return -d
	}
	return d
}

// newTrial writes the sidecar into dir, which the caller removes.
func newTrial(folders []folder, seed int64, dir string) (trial, error) {
	dice := rand.New(rand.NewSource(seed))
	t := trial{folder: folders[dice.Intn(len(folders))], seed: seed}
	length, err := lengthOf(t.sidecars[0])
	if err != nil {
		return t, err
	}
	t.clock = randomClock(dice, length)
	in, err := os.Open(t.sidecars[0])
	if err != nil {
		return t, err
	}
	defer in.Close()
	path := filepath.Join(dir, "trace.json")
	out, err := os.Create(path)
	if err != nil {
		return t, err
	}
	defer out.Close()
	if err := t.clock.shift(in, out); err != nil {
		return t, err
	}
	t.sidecars = []string{path}
	t.clock.first, _, err = firstLine(path)
	return t, err
}

// canBeTried: one sidecar tells all, and its times are true and finer than milliseconds: cut ones would no
// longer be multiples of what they were cut to.
func canBeTried(f folder) bool {
	if len(f.sidecars) != 1 || len(f.logs) > 0 || exists(filepath.Join(f.path, "clock")) {
		return false
	}
	first, _, err := firstLine(f.sidecars[0])
	return err == nil && !first.IsZero() && first.Nanosecond()%1e6 > 0
}

// lengthOf returns the time between the first and the last stamp of a sidecar.
func lengthOf(path string) (time.Duration, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	all := stamp.FindAllString(string(text), -1)
	if len(all) < 2 {
		return 0, fmt.Errorf("%s: %d times, wanted two", path, len(all))
	}
	first, err := time.Parse(time.RFC3339Nano, all[0])
	if err != nil {
		return 0, err
	}
	last, err := time.Parse(time.RFC3339Nano, all[len(all)-1])
	if last.Before(first) {
		first, last = last, first
	}
	return last.Sub(first) + 1, err
}

// An outcome is what became of a trial.
type outcome struct {
	trial
	wrong        []string
	known, found bool // there is an interval; the step was found
}

// try holds claims and intervals against the truth. A step that is not found is no mistake as long as
// what is said of the time before or after it is true.
func (t trial) try(bin string) (outcome, error) {
	o := outcome{trial: t}
	v, r, err := claimsOf(t.folder, bin, nil)
	if err != nil {
		return o, err
	}
	o.wrong = v.wrong
	if r.Clock == nil || len(r.Clock.Clocks) == 0 {
		return o, nil
	}
	parts := r.Clock.Clocks[0].Parts
	o.known, o.found = len(parts) > 0, len(parts) > 1
	if t.clock.step == 0 && o.found {
		o.wrong = append(o.wrong, fmt.Sprintf("set %d times, in truth never", len(parts)-1))
		return o, nil
	}
	for i, part := range parts {
		for _, m := range []moment{part.From, part.To} {
			if !t.clock.holdsAnyhow(m, i, len(parts)) {
				o.wrong = append(o.wrong, fmt.Sprintf(
					"part %d of %d: at %v the offset %v, after it was set %v, is not in [%v, %v]", i+1, len(parts), m.Time,
					t.clock.offset(m.Time, false), t.clock.offset(m.Time, true), time.Duration(m.Lo), time.Duration(m.Hi)))
			}
		}
	}
	return o, nil
}

// holdsAnyhow is holds where it may not have been found out that the clock was set. A clock that was set
// back showed some times twice.
func (c wrongClock) holdsAnyhow(m moment, part, parts int) bool {
	if parts > 1 || c.step == 0 {
		return c.holds(m, part)
	}
	from := c.first.Add(c.at + time.Duration(float64(c.at)*c.drift/1e6))
	to := from.Add(c.step)
	return !m.Time.After(from) && c.holds(m, 0) || !m.Time.Before(to) && c.holds(m, 1)
}

// tryClocks makes so many trials, and prints the seed of each that fails: with it, `-clocks 1` makes it
// again.
func tryClocks(folders []folder, bin string, n int, seed int64, w io.Writer) error {
	var fit []folder
	for _, f := range folders {
		if canBeTried(f) {
			fit = append(fit, f)
		}
	}
	if len(fit) == 0 {
		return fmt.Errorf("no sidecar that could be given another clock")
	}
	out := bufio.NewWriter(w)
	defer out.Flush()
	seeds := make([]int64, n)
	for i := range seeds {
		seeds[i] = seed + int64(i)
	}
	outcomes := make([]outcome, n)
	err := each(seeds, runtime.NumCPU(), func(s int64) error {
		dir, err := os.MkdirTemp("", "oracle")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		t, err := newTrial(fit, s, dir)
		if err == nil {
			outcomes[s-seed], err = t.try(bin)
		}
		return err
	})
	if err != nil {
		return err
	}
	return sumUpTrials(outcomes, len(fit), out)
}

func sumUpTrials(outcomes []outcome, folders int, w io.Writer) error {
	var drifts, steps, known, found, troubles int
	for _, o := range outcomes {
		for _, wrong := range o.wrong {
			fmt.Fprintf(w, "seed %d: %s with %v: %s\n", o.seed, o.name, o.clock, wrong)
		}
		troubles += len(o.wrong)
		drifts += one(o.clock.drift != 0)
		steps += one(o.clock.step != 0)
		known += one(o.known)
		found += one(o.found)
	}
	fmt.Fprintf(w, "seeds %d to %d: clocks %d, of them drifting %d, set %d (found %d), offset known %d; captures %d; wrong %d\n",
		outcomes[0].seed, outcomes[len(outcomes)-1].seed, len(outcomes), drifts, steps, found, known, folders, troubles)
	if troubles > 0 {
		return fmt.Errorf("%d troubles", troubles)
	}
	return nil
}
