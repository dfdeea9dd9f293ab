// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// An expectation says how much of a folder need not be matched. The file `expect` has a line for
// each, with the reason in words, since nobody can tell an accepted gap from a forgotten one:
//
//	missed 12 the capture begins when the connection is in use
//
// "missed" counts true pairs that were not claimed, "unverified" claims tshark could not check;
// "missed-order" and "unverified-order" are the same with identity headers ignored.
type expectation map[string]int

var expectationKeys = map[string]bool{
	"missed": true, "missed-order": true, "unverified": true, "unverified-order": true,
}

func readExpectation(f folder) (expectation, error) {
	text, err := os.ReadFile(filepath.Join(f.path, "expect"))
	if os.IsNotExist(err) {
		return expectation{}, nil
	}
	if err != nil {
		return nil, err
	}
	return parseExpectation(string(text))
}

func parseExpectation(text string) (expectation, error) {
	e := expectation{}
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var key string
		var n int
		if _, err := fmt.Sscan(line, &key, &n); err != nil || !expectationKeys[key] {
			return nil, fmt.Errorf("expect:%d: wanted KEY COUNT WHY, found %q", i+1, line)
		}
		if len(strings.Fields(line)) < 4 {
			return nil, fmt.Errorf("expect:%d: %q lacks its reason", i+1, line)
		}
		e[key] = n
	}
	return e, nil
}

// compare returns where a verdict is not what is expected, in either direction: a gap that has
// become smaller should become smaller in the file, too.
func (e expectation) compare(v *verdict, suffix string) []string {
	var troubles []string
	for _, c := range []struct {
		key   string
		found int
	}{{"missed" + suffix, v.nMissed()}, {"unverified" + suffix, v.unverified}} {
		if c.found != e[c.key] {
			troubles = append(troubles, fmt.Sprintf("%s: %d, expected %d", c.key, c.found, e[c.key]))
		}
	}
	return troubles
}
