// SPDX-License-Identifier: MIT

package recorder

import (
	"net/http"
	"strings"
	"testing"
)

// The two ways a request comes to a second attempt without the program noticing.
var retries = []struct {
	name     string
	scripts  []func(*frames)
	sameConn bool
}{
	{"GOAWAY", []func(*frames){
		func(f *frames) { f.request(); f.goAway(0, codeNo) },
		func(f *frames) { f.ok(f.request()) },
	}, false},
	{"REFUSED_STREAM", []func(*frames){
		func(f *frames) { f.reset(f.request(), codeRefusedStream); f.ok(f.request()) },
	}, true},
}

func TestRetry(t *testing.T) {
	for _, test := range retries {
		t.Run(test.name, func(t *testing.T) {
			rec := record(t)
			url, transport := serveFrames(t, test.scripts...)
			post(t, rec.Wrap(transport), url)
			rec.await("WroteHeaders", 2)
			all := rec.lines()

			got := named(all, "GotConn")
			if len(got) != 2 || (got[0]["conn"] == got[1]["conn"]) != test.sameConn {
				t.Fatalf("connections: %v", got)
			}
			wrote := named(all, "WroteHeaders")
			for i := range got {
				got[i].has(t, object{"attempt": i + 1})
				wrote[i].has(t, object{"attempt": i + 1, "conn": got[i]["conn"]})
			}
			asked := named(all, "GetConn")
			asked[len(asked)-1].has(t, object{"attempt": 1, "conn": nil})
			only(t, all, "RoundTripDone").has(t, object{"attempt": 2, "status": 200})
		})
	}
}

func TestRetryCompact(t *testing.T) {
	for _, test := range retries {
		t.Run(test.name, func(t *testing.T) {
			rec := record(t, Compact())
			url, transport := serveFrames(t, test.scripts...)
			post(t, rec.Wrap(transport), url)
			attempts := final(rec.lines())
			if len(attempts) != 2 {
				t.Fatalf("attempts: %v", attempts)
			}
			for i, o := range attempts {
				o.has(t, object{"attempt": i + 1, "method": "POST", "alpn": "h2"})
				if reached(o)["GetConn"] == nil {
					t.Errorf("attempt %d: nobody asked for the connection", i+1)
				}
			}
			attempts[0].lacks(t, "status", "err", "bytes", "open")
			attempts[1].has(t, object{"status": 200, "bytes": 0})
		})
	}
}

// post sends a body, which a second attempt can only have from GetBody.
func post(t *testing.T, rt http.RoundTripper, url string) {
	t.Helper()
	resp, err := rt.RoundTrip(newRequest(t, "POST", url, strings.NewReader("body")))
	if err != nil {
		t.Fatal(err)
	}
	drain(t, resp)
}

// TestTwoRecorders puts one recorder around another: each is to the other a ClientTrace that was
// there already.
func TestTwoRecorders(t *testing.T) {
	for _, test := range retries {
		full, compact := record(t), record(t, Compact())
		url, transport := serveFrames(t, test.scripts...)
		post(t, compact.Wrap(full.Wrap(transport)), url)
		full.await("WroteRequest", 2)
		transport.CloseIdleConnections()
		compare(t, full.lines(), final(compact.lines()))
	}
}

// TestModesAgree does the same with what else can happen.
func TestModesAgree(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		full, compact := record(t), record(t, Compact())
		url, transport := serve(t, http2, hello)
		transport.DialContext = full.DialContext(compact.DialContext(nil))
		rt := compact.Wrap(full.Wrap(transport))
		for i := 0; i < 3; i++ {
			get(t, rt, url)
		}
		if _, err := rt.RoundTrip(newRequest(t, "GET", "https://127.0.0.1:0", nil)); err == nil {
			t.Error("connected to port 0")
		}
		full.await("WroteRequest", 3)
		compare(t, full.lines(), final(compact.lines()))
	}
}

// compare holds the lines of the full mode against Attempt lines, in the order of requests.
func compare(t *testing.T, full, attempts []object) {
	t.Helper()
	starts := named(full, "RequestStart")
	request := -1
	for _, o := range attempts {
		if o.num("attempt") == 1 {
			request++
		}
		want := map[string]bool{"RequestStart": true}
		for _, e := range full {
			if e["req"] != starts[request]["req"] || e["attempt"] != o["attempt"] {
				continue
			}
			switch e.ev() {
			case "GotConn", "RoundTripDone", "BodyDone":
				for _, key := range []string{"local", "remote", "reused", "status", "bytes", "err", "err_type"} {
					if value, ok := e[key]; ok {
						o.has(t, object{key: value})
					}
				}
			}
			if e["conn"] != nil && e.ev() != "Dialed" {
				want[e.ev()] = true
			}
		}
		got := reached(o)
		for ev := range want {
			if got[ev] == nil {
				t.Errorf("%v attempt %v: the full mode has %s, the compact mode %v", o["req"], o["attempt"], ev, got)
			}
		}
	}
	if request+1 != len(starts) {
		t.Errorf("%d requests, %d in compact mode", len(starts), request+1)
	}
}

// final returns the last line of each attempt, in order.
func final(all []object) []object {
	var order []string
	last := make(map[string]object)
	for _, o := range named(all, "Attempt") {
		key := o["req"].(string) + " " + string(rune('0'+int(o.num("attempt"))))
		if last[key] == nil {
			order = append(order, key)
		}
		last[key] = o
	}
	attempts := make([]object, len(order))
	for i, key := range order {
		attempts[i] = last[key]
	}
	return attempts
}

// reached returns the milestones of an Attempt line.
func reached(o object) map[string]any { return o["at"].(map[string]any) }
