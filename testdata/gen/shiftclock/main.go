// SPDX-License-Identifier: MIT

// Command shiftclock makes a sidecar look as if the program's clock was wrong: it adds a duration to
// all wall-clock times of the lines on standard input. mono_ns and all else stay.
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

var stamp = regexp.MustCompile(`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"`)

func main() {
	log.SetFlags(0)
	by := flag.Duration("by", 3*time.Hour, "add this")
	flag.Parse()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fmt.Println(stamp.ReplaceAllStringFunc(lines.Text(), func(quoted string) string {
			t, err := time.Parse(`"`+time.RFC3339Nano+`"`, quoted)
			if err != nil {
				log.Fatal("shiftclock: ", err)
			}
			return t.Add(*by).Format(`"` + time.RFC3339Nano + `"`)
		}))
	}
	if err := lines.Err(); err != nil {
		log.Fatal("shiftclock: ", err)
	}
}
