// SPDX-License-Identifier: MIT

package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// Two requests on one connection, the first of them tried twice there.
var (
	someAttempts = []*attempt{
		{key: key{0, "r1", 1}, pid: 7, id: "7-1", local: "127.0.0.1:5", wrote: true},
		{key: key{0, "r1", 2}, pid: 7, id: "7-1", local: "127.0.0.1:5", wrote: true},
		{key: key{0, "r2", 1}, pid: 7, id: "7-2", local: "127.0.0.1:5", wrote: true},
	}
	someStreams = []stream{
		{id: "7-1", tcpStream: 3, stream: 1, packet: 10, client: "127.0.0.1:5"},
		{id: "7-2", tcpStream: 3, stream: 3, packet: 11, client: "127.0.0.1:5", response: 15, status: 200},
		{id: "7-1", tcpStream: 3, stream: 5, packet: 20, client: "127.0.0.1:5", response: 22, status: 200},
	}
)

const allTrue = `{"connections": [{"tcp_stream": 3, "client": "127.0.0.1:5", "streams": [
	{"stream": 1, "req": "r1", "attempt": 1, "match": "order", "packets": {"headers": 10}},
	{"stream": 3, "req": "r2", "attempt": 1, "match": "order", "status": 200,
	 "packets": {"headers": 11, "first_response": 15}},
	{"stream": 5, "req": "r1", "attempt": 2, "match": "order+header", "status": 200,
	 "packets": {"headers": 20, "first_response": 22}}]}]}`

func verdictOn(t *testing.T, text string) *verdict {
	t.Helper()
	r := new(report)
	if err := json.Unmarshal([]byte(text), r); err != nil {
		t.Fatal(err)
	}
	return check(someAttempts, someStreams, r, false)
}

func TestTrueClaims(t *testing.T) {
	v := verdictOn(t, allTrue)
	if v.nRight() != 3 || len(v.wrong) != 0 || v.nMissed() != 0 || v.unverified != 0 {
		t.Errorf("%+v", v)
	}
	if v.right["order"] != 2 || v.right["order+header"] != 1 {
		t.Errorf("by kind: %v", v.right)
	}
}

// Each change makes the true report false in one place.
func TestFalseClaims(t *testing.T) {
	for _, change := range []struct{ from, to, blame string }{
		{`"headers": 10`, `"headers": 9`, "in truth tcp.stream 3 stream 1 packet 10"},
		{`"tcp_stream": 3`, `"tcp_stream": 2`, "in truth tcp.stream 3"},
		{`"req": "r2"`, `"req": "r9"`, "do not have exactly one"},
		{`"req": "r2"`, `"req": "r1"`, "claimed twice"},
		{`"attempt": 2`, `"attempt": 3`, "do not have exactly one"},
		{`"first_response": 22`, `"first_response": 21`, "first response in packet 21"},
		{`"status": 200`, `"status": 500`, "status 500"},
		{`"req": "r1", "attempt": 2, `, ``, "r1 attempt 2 of process 7 is neither"},
		{`"req": "r1", "attempt": 2, `, ``, "stream 5 (packet 20) is neither"},
	} {
		text := strings.Replace(allTrue, change.from, change.to, 1)
		if text == allTrue {
			t.Fatal("no change by", change)
		}
		if v := verdictOn(t, text); !strings.Contains(strings.Join(v.wrong, "\n"), change.blame) {
			t.Errorf("%q for %q: blames %q, wanted %q", change.to, change.from, v.wrong, change.blame)
		}
	}
}

// The two attempts of r1 exchanged: what a join by header alone may get wrong.
func TestExchangedAttempts(t *testing.T) {
	text := strings.NewReplacer(`"req": "r1", "attempt": 1`, `"req": "r1", "attempt": 2`,
		`"req": "r1", "attempt": 2`, `"req": "r1", "attempt": 1`).Replace(allTrue)
	if v := verdictOn(t, text); len(v.wrong) != 2 {
		t.Errorf("%+v", v)
	}
}

// In a lossy capture a response may be missing from the report, but it may not be another one.
func TestLossy(t *testing.T) {
	for text, wrong := range map[string]int{
		strings.Replace(allTrue, `"first_response": 22`, `"first_response": null`, 1): 0,
		strings.Replace(allTrue, `"first_response": 22`, `"first_response": 21`, 1):   1,
		strings.Replace(allTrue, `"headers": 20`, `"headers": 19`, 1):                 1,
	} {
		r := new(report)
		if err := json.Unmarshal([]byte(text), r); err != nil {
			t.Fatal(err)
		}
		if v := check(someAttempts, someStreams, r, true); len(v.wrong) != wrong {
			t.Errorf("%v, wanted %d", v.wrong, wrong)
		}
	}
}

func TestMissed(t *testing.T) {
	v := verdictOn(t, `{"unmatched": {
		"attempts": [{"req": "r1", "attempt": 1, "pid": 7, "reason": "gap"},
			{"req": "r1", "attempt": 2, "pid": 7, "reason": "gap"},
			{"req": "r2", "attempt": 1, "pid": 7, "reason": "late"}],
		"streams": [{"tcp_stream": 3, "stream": 1}, {"tcp_stream": 3, "stream": 3},
			{"tcp_stream": 3, "stream": 5}]}}`)
	if len(v.wrong) != 0 || v.missed["gap"] != 2 || v.missed["late"] != 1 {
		t.Errorf("%+v", v)
	}
}

// A stream of nobody in the trace may not be given to a request that was never sent.
func TestForeignStream(t *testing.T) {
	attempts := []*attempt{{key: key{0, "r1", 1}, id: "7-1", local: "127.0.0.1:5", wrote: true}}
	streams := []stream{{id: "7-2", stream: 1, packet: 4, client: "127.0.0.1:5"}}
	r := new(report)
	json.Unmarshal([]byte(`{"connections": [{"streams": [
		{"stream": 1, "req": "r1", "attempt": 1, "packets": {"headers": 4}}]}]}`), r)
	if v := check(attempts, streams, r, false); len(v.wrong) != 1 || v.unverified != 0 {
		t.Errorf("%+v", v)
	}
}

func TestTwoProcesses(t *testing.T) {
	attempts := []*attempt{
		{key: key{0, "r1", 1}, pid: 7, local: "127.0.0.1:5"},
		{key: key{1, "r1", 1}, pid: 8, local: "127.0.0.1:6"},
	}
	c := claim{req: "r1", number: 1, client: "127.0.0.1:6"}
	if find(attempts, c) != attempts[1] {
		t.Error("not by address")
	}
	c.pid = 7
	if find(attempts, c) != attempts[0] {
		t.Error("not by pid")
	}
	c = claim{req: "r1", number: 1, client: "127.0.0.1:9"}
	if find(attempts, c) != nil {
		t.Error("guessed")
	}
}

func TestUnclear(t *testing.T) {
	p := pair(someAttempts, someStreams[:2])
	if !p.unclear[someAttempts[0].key] || !p.unclear[someAttempts[1].key] {
		t.Error("one stream for two attempts, and no doubt")
	}
	if s := p.streamOf[someAttempts[2].key]; s == nil || s.stream != 3 {
		t.Error("r2 lost its stream")
	}
}

func TestExpectation(t *testing.T) {
	e, err := parseExpectation("# why\nmissed 2 the capture begins late\n")
	if err != nil {
		t.Fatal(err)
	}
	v := &verdict{missed: map[string]int{"late": 2}}
	if troubles := e.compare(v, ""); len(troubles) != 0 {
		t.Error(troubles)
	}
	v.missed["late"]--
	if troubles := e.compare(v, ""); len(troubles) != 1 {
		t.Error("fewer than expected must be noticed:", troubles)
	}
	v.missed["late"] += 2
	if troubles := e.compare(v, ""); len(troubles) != 1 {
		t.Error("more than expected must be noticed:", troubles)
	}
	for _, bad := range []string{"missed 2", "mised 2 since it is so", "missed two since it is so"} {
		if _, err := parseExpectation(bad); err == nil {
			t.Errorf("%q accepted", bad)
		}
	}
}

const somePDML = `<pdml><packet><proto name="frame"><field name="frame.number" show="4"/></proto>
<proto name="ip"><field name="ip.src" show="10.0.0.1"/></proto>
<proto name="tcp"><field name="tcp.srcport" show="99"/><field name="tcp.stream" show="2"/></proto>
<proto name="http2"><field name="http2.stream">
<field name="http2.type" show="1"/><field name="http2.streamid" show="1"/>
<field name="http2.header"><field name="http2.header.name" show=":method"/>
<field name="http2.header.value" show="GET"/></field></field></proto>
<proto name="http2"><field name="http2.stream">
<field name="http2.type" show="9"/><field name="http2.streamid" show="1"/>
<field name="http2.header"><field name="http2.header.name" show="x-request-id"/>
<field name="http2.header.value" show="7-1"/></field></field></proto></packet>
<packet><proto name="frame"><field name="frame.number" show="6"/></proto>
<proto name="tcp"><field name="tcp.srcport" show="443"/><field name="tcp.stream" show="2"/></proto>
<proto name="http2"><field name="http2.stream">
<field name="http2.type" show="1"/><field name="http2.streamid" show="1"/>
<field name="http2.header"><field name="http2.header.name" show=":status"/>
<field name="http2.header.value" show="204"/></field></field></proto></packet></pdml>`

func TestPDML(t *testing.T) {
	heads, err := readPDML(strings.NewReader(somePDML))
	if err != nil {
		t.Fatal(err)
	}
	want := stream{id: "7-1", tcpStream: 2, stream: 1, packet: 4, client: "10.0.0.1:99", response: 6, status: 204}
	if got := collect(heads); len(got) != 1 || got[0] != want {
		t.Errorf("%+v", got)
	}
}

func TestCopiedConnection(t *testing.T) {
	c := collector{streams: []stream{
		{id: "7-1", client: "a:1", tcpStream: 0, stream: 1, packet: 4},
		{id: "", client: "a:1", tcpStream: 0, stream: 3, packet: 5},
		{id: "7-1", client: "a:1", tcpStream: 0, stream: 5, packet: 6},
		{id: "7-1", client: "a:1", tcpStream: 1, stream: 1, packet: 9},
	}}
	if got := c.identified(); len(got) != 2 || got[0].packet != 4 || got[1].packet != 6 {
		t.Errorf("%+v", got)
	}
}

func TestTruthFile(t *testing.T) {
	f := folder{path: t.TempDir()}
	if err := os.WriteFile(f.truthPath(), formatTruth(someStreams), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := f.readTruth()
	if err != nil || len(got) != len(someStreams) || got[1] != someStreams[1] {
		t.Error(got, err)
	}
}

// The README names every capture, and every capture has its truth.
func TestFolders(t *testing.T) {
	folders, err := openFolders("../../testdata", nil)
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../../testdata/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if !strings.Contains(string(readme), "`"+f.name+"`") {
			t.Errorf("README.md does not name %s", f.name)
		}
		if _, err := f.readTruth(); err != nil {
			t.Errorf("%s: %v", f.name, err)
		}
		if _, err := readExpectation(f); err != nil {
			t.Errorf("%s: %v", f.name, err)
		}
	}
}

// findings.tsv has rows for every capture and for nothing else.
func TestFindingsFile(t *testing.T) {
	folders, err := openFolders("../../testdata", nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../testdata/findings.tsv")
	if err != nil {
		t.Fatal(err)
	}
	missing := map[string]bool{}
	for _, f := range folders {
		missing[f.name] = true
	}
	known := map[string]bool{"note": true, "warning": true, "error": true}
	seen := map[string]bool{}
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		row := strings.Split(line, "\t")
		if !missing[row[0]] && !seen[row[0]] {
			t.Errorf("findings.tsv:%d: no folder %s", i+1, row[0])
		}
		if row[1] != "none" && (len(row) < 4 || !known[row[2]]) {
			t.Errorf("findings.tsv:%d: wanted FOLDER RULE SEVERITY REQUESTS [REMARK], found %q", i+1, line)
		}
		delete(missing, row[0])
		seen[row[0]] = true
	}
	for name := range missing {
		t.Errorf("findings.tsv does not name %s", name)
	}
}
