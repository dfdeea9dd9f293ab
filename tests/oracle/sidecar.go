// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"sort"
	"strings"
)

// An attempt is one try of a request, as the sidecar tells it.
type attempt struct {
	key
	pid   int
	id    string // what its header fields carry
	local string // the client's end of its connection
	wrote bool   // WroteHeaders fired
}

// A key names an attempt. Two processes may use the same req, so the file is part of it.
type key struct {
	file   int
	req    string
	number int
}

// An event is what matters here of a sidecar line.
type event struct {
	Ev        string
	Req       string
	Attempt   int
	Pid       int
	Local     string
	RequestID string `json:"x-request-id"`
	Headers   map[string]string
	At        map[string]json.RawMessage // compact mode
}

// readSidecars returns all attempts, in order of file and first event.
func readSidecars(f folder) ([]*attempt, error) {
	if f.attempts != "" {
		return readAttempts(f.attempts)
	}
	if len(f.sidecars) == 0 {
		return readDebugLog(f.logs[0])
	}
	s := sidecars{byKey: map[key]*attempt{}, ids: map[key]string{}}
	for i, path := range f.sidecars {
		if err := s.read(i, path); err != nil {
			return nil, err
		}
	}
	for _, a := range s.attempts {
		if a.id == "" {
			a.id = s.ids[key{a.file, a.req, 0}]
		}
	}
	sort.SliceStable(s.attempts, func(i, j int) bool {
		a, b := s.attempts[i], s.attempts[j]
		return a.file < b.file || a.file == b.file && a.req == b.req && a.number < b.number
	})
	return s.attempts, nil
}

// readAttempts reads what a client wrote that had another logger than our recorder.
func readAttempts(path string) ([]*attempt, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var attempts []*attempt
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		a := new(attempt)
		_, err := fmt.Sscanf(line, "%s\t%d\t%s\t%s\t%t", &a.req, &a.number, &a.id, &a.local, &a.wrote)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, i+1, err)
		}
		attempts = append(attempts, a)
	}
	return attempts, nil
}

type sidecars struct {
	attempts []*attempt
	byKey    map[key]*attempt
	ids      map[key]string // of requests: number is 0
}

func (s *sidecars) read(file int, path string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return fmt.Errorf("%s:%d: %w", path, n, err)
		}
		s.take(file, &e)
	}
	return lines.Err()
}

func (s *sidecars) take(file int, e *event) {
	if id := e.id(); id != "" {
		s.ids[key{file, e.Req, 0}] = id
	}
	switch {
	case e.Attempt == 0:
	case e.Ev == "GotConn":
		s.attempt(file, e).local = withoutZone(e.Local)
	case e.Ev == "WroteHeaders":
		s.attempt(file, e).wrote = true
	case e.Ev == "Attempt" && e.At["GotConn"] != nil:
		a := s.attempt(file, e)
		a.local = withoutZone(e.Local)
		a.wrote = a.wrote || e.At["WroteHeaders"] != nil
	}
}

var zone = regexp.MustCompile(`%[^\]]*`)

// withoutZone: packets know nothing of zones.
func withoutZone(address string) string { return zone.ReplaceAllString(address, "") }

func (e *event) id() string {
	if truth := e.Headers["x-truth"]; truth != "" {
		return truth
	}
	return e.RequestID
}

func (s *sidecars) attempt(file int, e *event) *attempt {
	k := key{file, e.Req, e.Attempt}
	a := s.byKey[k]
	if a == nil {
		a = &attempt{key: k, pid: e.Pid}
		s.byKey[k] = a
		s.attempts = append(s.attempts, a)
	}
	return a
}
