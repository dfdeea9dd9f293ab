// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// A debugLog follows the lines of GODEBUG=http2debug, just far enough to say which request is which:
// h2annotate calls stream 5 of the second Framer f2.5, and at http2debug=1 the fifth request f1:5.
type debugLog struct {
	attempts []*attempt
	framers  map[string]*framer // by pointer, the newest
	n        int                // framers so far
	requests int                // at http2debug=1
	level2   bool
	fields   map[string]string // of the block that is being encoded
	tangled  bool              // two blocks at once
	retries  int               // lines that tell of one
}

type framer struct {
	number, highest int
}

var (
	framerLine = regexp.MustCompile(`http2: Framer (0x[0-9a-f]+): wrote (\w+)(?: flags=(\S+))?(?: stream=(\d+))? len=`)
	headerLine = regexp.MustCompile(`http2: Transport encoding header ("(?:[^"\\]|\\.)*") = ("(?:[^"\\]|\\.)*")`)
)

// readDebugLog returns the requests of a client, in the order in which it wrote them.
func readDebugLog(path string) ([]*attempt, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	d := debugLog{framers: map[string]*framer{}, level2: strings.Contains(string(text), "http2: Framer ")}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		d.take(message(lines.Text()))
	}
	d.chain()
	return d.attempts, lines.Err()
}

// chain makes requests with one id attempts of one, if there are as many as the log tells of.
func (d *debugLog) chain() {
	first, again := map[string]*attempt{}, 0
	for _, a := range d.attempts {
		if first[a.id] != nil && a.id != "" {
			again++
		} else {
			first[a.id] = a
		}
	}
	number := map[string]int{}
	for _, a := range d.attempts {
		number[a.id]++
		if again == d.retries && a.id != "" {
			a.req, a.key.number = first[a.id].req, number[a.id]
		}
	}
}

// message unwraps what slog has wrapped.
func message(line string) string {
	var object struct{ Msg string }
	if json.Unmarshal([]byte(line), &object) == nil {
		return object.Msg
	}
	if _, quoted, ok := strings.Cut(line, "msg="); ok {
		if text, err := strconv.Unquote(quoted); err == nil {
			return text
		}
	}
	return line
}

func (d *debugLog) take(line string) {
	if strings.Contains(line, "RoundTrip retrying after failure: ") {
		d.retries++
	}
	if m := headerLine.FindStringSubmatch(line); m != nil {
		key, _ := strconv.Unquote(m[1])
		value, _ := strconv.Unquote(m[2])
		d.field(key, value)
	}
	if m := framerLine.FindStringSubmatch(line); m != nil {
		stream, _ := strconv.Atoi(m[4])
		d.wrote(m[1], m[2], m[3], stream)
	}
}

func (d *debugLog) field(key, value string) {
	if key == ":authority" {
		d.tangled = d.tangled || len(d.fields) > 0 && d.level2
		d.fields = map[string]string{}
		if !d.level2 {
			d.requests++
			d.attempts = append(d.attempts, &attempt{
				key: key1(fmt.Sprintf("f1:%d", d.requests)), wrote: true})
		}
	}
	if _, twice := d.fields[key]; twice {
		d.tangled = true
	}
	if d.fields != nil {
		d.fields[key] = value
	}
	if !d.level2 && len(d.attempts) > 0 {
		d.attempts[len(d.attempts)-1].id = d.id()
	}
}

func key1(req string) key { return key{req: req, number: 1} }

func (d *debugLog) id() string {
	switch {
	case d.tangled:
		return ""
	case d.fields["x-truth"] != "":
		return d.fields["x-truth"]
	}
	return d.fields["x-request-id"]
}

func (d *debugLog) wrote(pointer, kind, flags string, stream int) {
	f := d.framers[pointer]
	if kind == "SETTINGS" && flags != "ACK" {
		d.n++
		d.framers[pointer] = &framer{number: d.n}
	}
	if kind != "HEADERS" || f == nil || stream <= f.highest {
		return
	}
	f.highest = stream
	d.attempts = append(d.attempts, &attempt{
		key: key1(fmt.Sprintf("f%d.%d", f.number, stream)), id: d.id(), wrote: true})
	d.fields, d.tangled = nil, false
}
