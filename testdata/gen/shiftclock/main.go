// SPDX-License-Identifier: MIT

// Command shiftclock makes a sidecar look as if the program's clock was wrong: it adds a duration to
// all wall-clock times of the lines on standard input, lets the clock run fast from the first line
// on, and sets it while the program runs. mono_ns and all else stay.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"log"
	"os"
	"regexp"
	"time"
)

var (
	by    = flag.Duration("by", 0, "add this")
	drift = flag.Float64("drift", 0, "parts per million that the clock runs fast")
	step  = flag.Duration("step", 0, "add this as well, from the time -at on")
	at    = flag.Duration("at", 0, "time since the first line")
)

var stamp = regexp.MustCompile(`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"`)

// wrong is what the clock shows at a time that is `run` after the first.
func wrong(t time.Time, run time.Duration) time.Time {
	shown := t.Add(*by + time.Duration(float64(run)**drift/1e6))
	if *step != 0 && run >= *at {
		shown = shown.Add(*step)
	}
	return shown
}

func main() {
	log.SetFlags(0)
	flag.Parse()
	var first time.Time
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fmt.Println(stamp.ReplaceAllStringFunc(lines.Text(), func(quoted string) string {
			t, err := time.Parse(`"`+time.RFC3339Nano+`"`, quoted)
			if err != nil {
				log.Fatal("shiftclock: ", err)
			}
			if first.IsZero() {
				first = t
			}
			return wrong(t, t.Sub(first)).Format(`"` + time.RFC3339Nano + `"`)
		}))
	}
	if err := lines.Err(); err != nil {
		log.Fatal("shiftclock: ", err)
	}
}
