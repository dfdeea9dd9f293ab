// SPDX-License-Identifier: MIT

package recorder

import (
	"errors"
	"net/http"
	"testing"
	"time"
)

// A script plays events at times of its own choosing.
type script struct {
	rec   *recording
	start time.Time
}

func newScript(t *testing.T) *script { return &script{record(t, Compact()), time.Now()} }

func (s *script) begin(second float64, name string) *request {
	q := &request{rec: s.rec.Recorder, id: name}
	s.play(second, q, event{kind: requestStart, fields: newLine().str("method", "GET")})
	return q
}

func (s *script) connect(second float64, q *request) {
	at, n := s.at(second), q.attempts.Add(1)
	q.current.Store(&attempt{n: int(n), at: at, conn: &connection{number: uint64(n)}})
	q.record(event{kind: gotConn, at: at})
}

func (s *script) play(second float64, q *request, e event) {
	e.at = s.at(second)
	q.record(e)
}

func (s *script) at(second float64) stamp {
	at := now()
	at.time = s.start.Add(time.Duration(second * float64(time.Second)))
	return at
}

func (s *script) attempts() []object { return named(s.rec.lines(), "Attempt") }

func TestCompactLine(t *testing.T) {
	s := newScript(t)
	q := s.begin(0, "r1")
	s.play(0.5, q, event{kind: getConn})
	s.connect(1, q)
	s.play(1.25, q, event{kind: wroteHeaderField})
	s.play(1.5, q, event{kind: wroteHeaderField}) // the first counts
	s.play(2, q, event{kind: wroteRequest, err: errors.New("broken pipe")})
	s.play(3, q, event{kind: roundTripDone, err: errors.New("lost"), last: true})
	all := s.attempts()
	if len(all) != 1 {
		t.Fatalf("%d lines: %v", len(all), all)
	}
	all[0].has(t, object{"req": "r1", "attempt": 1, "conn": 1, "method": "GET",
		"err": "lost", "wrote_err": "broken pipe"})
	at := reached(all[0])
	for ev, second := range map[string]float64{"RequestStart": -1, "GetConn": -0.5, "GotConn": 0,
		"WroteHeaderField": 0.25, "WroteRequest": 1, "RoundTripDone": 2} {
		if pair := at[ev].([]any); pair[0] != second*1e9 {
			t.Errorf("%s at %v, wanted %v s", ev, pair, second)
		}
	}
	if pair := at["GotConn"].([]any); pair[1] != all[0]["seq"] {
		t.Errorf("seq %v, of GotConn %v", all[0]["seq"], pair[1])
	}
}

func TestCompactWaitsForTheWriter(t *testing.T) {
	s := newScript(t)
	q := s.begin(0, "r1")
	s.connect(0, q)
	s.play(0, q, event{kind: wroteHeaderField})
	s.play(1, q, event{kind: roundTripDone})
	s.play(1, q, event{kind: bodyDone})
	s.play(2, q, event{kind: wroteRequest})
	s.play(3, q, event{kind: putIdleConn}) // nobody waits for this one
	all := s.attempts()
	if len(all) != 2 || reached(all[0])["WroteRequest"] == nil || reached(all[1])["PutIdleConn"] == nil {
		t.Errorf("lines: %v", all)
	}
}

func TestCompactOpenRequests(t *testing.T) {
	s := newScript(t)
	long, failed := s.begin(0, "long"), s.begin(0, "failed")
	s.connect(0, long)
	s.connect(0, failed)
	s.play(0, long, event{kind: wroteHeaderField})
	s.play(0, failed, event{kind: wroteHeaderField})
	s.play(0, failed, event{kind: roundTripDone, last: true}) // and no WroteRequest, ever
	waiting := s.begin(1, "waiting")
	s.begin(7, "first sweep")
	s.begin(7.5, "too soon for another")
	s.begin(20, "second sweep")
	s.play(21, long, event{kind: roundTripDone})
	s.play(22, long, event{kind: bodyDone})
	s.connect(23, waiting)
	s.play(24, waiting, event{kind: roundTripDone, last: true})
	s.begin(30, "third sweep")
	var lines []string
	for _, o := range s.attempts() {
		text := o["req"].(string)
		if o["open"] == true {
			text += " open"
		}
		if o["conn"] != nil {
			text += " connected"
		}
		lines = append(lines, text)
	}
	want := []string{
		"long open connected", "failed connected", "waiting open",
		"first sweep open", "too soon for another open",
		"waiting connected", "second sweep open", "long connected", "third sweep open",
	}
	if !equal(lines, want) {
		t.Errorf("lines %q\nwanted %q", lines, want)
	}
}

func TestCompactRetryWithoutConnection(t *testing.T) {
	s := newScript(t)
	q := s.begin(0, "r1")
	s.play(0, q, event{kind: getConn})
	s.connect(0, q)
	s.play(1, q, event{kind: getConn})
	s.play(2, q, event{kind: getConn})
	s.play(3, q, event{kind: roundTripDone, err: http.ErrServerClosed, last: true})
	all := s.rec.lines()
	only(t, all, "Attempt").has(t, object{"attempt": 1, "err": http.ErrServerClosed.Error()})
	asked := only(t, all, "GetConn")
	asked.has(t, object{"attempt": 1, "conn": nil})
	if seq := reached(only(t, all, "Attempt"))["GetConn"].([]any)[1].(float64); asked.num("seq") != seq+2 {
		t.Errorf("the GetConn of the retry has seq %v, that of the attempt %v", asked["seq"], seq)
	}
}

func equal(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
