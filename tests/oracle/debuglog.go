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
// h2annotate calls stream 5 of the second Framer f2.5, and at http2debug=1 the fifth request f1:5. A
// server's Framers count if they read something.
type debugLog struct {
	attempts []*attempt
	framers  map[string]*framer // by pointer, the newest
	all      []*framer          // in order
	server   bool
	open     []*attempt // at a server: of which fields are being read
	requests int        // at http2debug=1
	level2   bool
	fields   map[string]string // of the block that is being encoded
	tangled  bool              // two blocks at once
	retries  int               // lines that tell of one
}

type framer struct {
	highest  int
	read     bool
	attempts map[int]*attempt // by stream
}

var (
	framerLine = regexp.MustCompile(`http2: Framer (0x[0-9a-f]+): (wrote|read) (\w+)(?: flags=(\S+))?(?: stream=(\d+))? len=`)
	fieldLine  = regexp.MustCompile(`http2: decoded hpack field header field ("(?:[^"\\]|\\.)*") = ("(?:[^"\\]|\\.)*")`)
	headerLine = regexp.MustCompile(`http2: Transport encoding header ("(?:[^"\\]|\\.)*") = ("(?:[^"\\]|\\.)*")`)
)

// readDebugLog returns the requests of a client or a server, in the order in which it wrote or read
// them.
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
	d := debugLog{
		framers: map[string]*framer{},
		level2:  strings.Contains(string(text), "http2: Framer "),
		server:  strings.Contains(string(text), "http2: server connection from "),
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		d.take(message(lines.Text()))
	}
	d.name()
	d.chain()
	return d.attempts, lines.Err()
}

func (d *debugLog) name() {
	n := 0
	for _, f := range d.all {
		if d.server && !f.read {
			continue
		}
		n++
		for stream, a := range f.attempts {
			a.key = key1(fmt.Sprintf("f%d.%d", n, stream))
		}
	}
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
	if m := fieldLine.FindStringSubmatch(line); m != nil && len(d.open) == 1 {
		key, _ := strconv.Unquote(m[1])
		value, _ := strconv.Unquote(m[2])
		if key == "x-request-id" {
			d.open[0].id = value
		}
	}
	if strings.Contains(line, "http2: server read frame HEADERS ") {
		d.open = nil
	}
	if m := framerLine.FindStringSubmatch(line); m != nil {
		stream, _ := strconv.Atoi(m[5])
		d.frame(m[1], m[2] == "read", m[3], m[4], stream)
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

func (d *debugLog) frame(pointer string, read bool, kind, flags string, stream int) {
	if kind == "SETTINGS" && flags != "ACK" && !read {
		d.framers[pointer] = &framer{attempts: map[int]*attempt{}}
		d.all = append(d.all, d.framers[pointer])
	}
	f := d.framers[pointer]
	if f == nil {
		return
	}
	f.read = f.read || read
	if kind != "HEADERS" || read != d.server || stream <= f.highest {
		return
	}
	f.highest = stream
	a := &attempt{id: d.id(), wrote: true}
	f.attempts[stream] = a
	d.attempts = append(d.attempts, a)
	d.fields, d.tangled = nil, false
	if d.server {
		d.open = append(d.open, a)
	}
}
