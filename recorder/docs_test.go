// SPDX-License-Identifier: MIT

package recorder

import (
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDocs holds docs/trace-format.md against what is written: its examples are lines, and no key
// and no event lacks a word.
func TestDocs(t *testing.T) {
	text, err := os.ReadFile("../docs/trace-format.md")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the module is on its own")
	}
	if err != nil {
		t.Fatal(err)
	}
	doc := string(text)
	for _, block := range regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(doc, -1) {
		for _, o := range decode(t, []byte(block[1])) {
			checkDocumented(t, doc, o)
		}
	}
	for _, opts := range [][]Option{{Headers("X-Tenant")}, {Headers("X-Tenant"), Compact()}} {
		rec := record(t, opts...)
		url, transport := serveFrames(t, retries[0].scripts...)
		transport.DialContext = rec.DialContext(nil)
		req := newRequest(t, "POST", url, strings.NewReader("body"))
		req.Header.Set("X-Tenant", "a")
		resp, err := rec.Wrap(transport).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		drain(t, resp)
		if _, err := rec.Wrap(transport).RoundTrip(newRequest(t, "GET", "https://127.0.0.1:0", nil)); err == nil {
			t.Error("connected to port 0")
		}
		for _, o := range rec.lines() {
			checkDocumented(t, doc, o)
		}
	}
}

func checkDocumented(t *testing.T, doc string, o object) {
	t.Helper()
	for _, key := range []string{"ts", "ev", "seq", "mono_ns", "pid"} {
		if o[key] == nil {
			t.Errorf("%v lacks %s", o, key)
		}
	}
	if !strings.Contains(doc, "| `"+o.ev()+"`") && !strings.Contains(doc, "`"+o.ev()+"` |") {
		t.Errorf("%s is not in the table of events", o.ev())
	}
	for key := range o {
		if !strings.Contains(doc, "`"+key+"`") {
			t.Errorf("%s has %s, which is not documented", o.ev(), key)
		}
	}
}
