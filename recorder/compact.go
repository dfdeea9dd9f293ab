// SPDX-License-Identifier: MIT

package recorder

import (
	"container/list"
	"strconv"
	"sync"
	"time"
)

const (
	// patience is how long a request may be open before its lines are written as they are.
	patience = 5 * time.Second
	// sweepEvery bounds how often the folder looks for such requests.
	sweepEvery = time.Second
)

// A folder makes one line of each attempt. It has no goroutine and no timer: a request that is open
// for long is noticed when the next event of any request comes in.
//
// The lines of a request are written when it is complete. Should something happen to it all the
// same, as the writer of an aborted attempt may run late, the line is written once more, and the
// reader takes the last.
type folder struct {
	rec       *Recorder
	mu        sync.Mutex
	waiting   list.List // of *folded, by due
	overdue   list.List // of *folded, written as open
	nextSweep time.Time
}

// folded is a request on its way to Attempt lines.
type folded struct {
	request  *request
	fields   line // of RequestStart
	start    stamp
	attempts []*summary // by number, never empty
	asked    event      // a GetConn no GotConn has answered yet, or none
	over     bool       // nothing more will come but from writers that run late
	due      time.Time
	in       *list.List // waiting or overdue; nil: complete
	place    *list.Element
}

// A summary is what has become of one attempt.
type summary struct {
	n      int
	conn   *connection
	base   stamp // GotConn; RequestStart while there is no connection
	fields line
	marks  [milestones]mark
	dirty  bool // something has happened since the line was written
	open   bool // the line was written as open
}

// A mark says when a milestone was reached first. A seq of 0 is never.
type mark struct {
	wall int64 // ns since the epoch: ts of the full mode
	seq  uint64
}

func markOf(at stamp) mark { return mark{at.time.UnixNano(), at.seq} }

func newFolder(r *Recorder) *folder { return &folder{rec: r} }

// fold takes a milestone.
func (f *folder) fold(e event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e.kind == requestStart {
		f.begin(e)
	} else {
		e.request.folded.add(e)
	}
	f.settle(e.request.folded, e.at.time)
	if !e.at.time.Before(f.nextSweep) {
		f.sweep(e.at.time)
	}
}

func (f *folder) begin(e event) {
	q := &folded{request: e.request, fields: e.fields, start: e.at}
	q.attempts = []*summary{{n: 1, base: e.at}}
	e.request.folded = q
	f.put(&f.waiting, q, e.at.time)
}

// put moves a request to the end of a list, or with nil out of all.
func (f *folder) put(to *list.List, q *folded, at time.Time) {
	if q.in != nil {
		q.in.Remove(q.place)
	}
	q.in, q.due = to, at.Add(patience)
	if to != nil {
		q.place = to.PushBack(q)
	}
}

// settle writes a request if it is complete.
func (f *folder) settle(q *folded, at time.Time) {
	switch {
	case !q.over:
	case q.in == nil || q.isWritten():
		f.put(nil, q, at)
		f.write(q)
	case q.in == &f.overdue:
		f.put(&f.waiting, q, at)
	}
}

// sweep writes the requests that have been open for too long.
func (f *folder) sweep(at time.Time) {
	f.nextSweep = at.Add(sweepEvery)
	for first := f.waiting.Front(); first != nil; first = f.waiting.Front() {
		q := first.Value.(*folded)
		if q.due.After(at) {
			return
		}
		if q.over {
			f.put(nil, q, at)
		} else {
			f.put(&f.overdue, q, at)
		}
		f.write(q)
	}
}

// close writes all requests that are still open.
func (f *folder) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, open := range []*list.List{&f.waiting, &f.overdue} {
		for e := open.Front(); e != nil; e = e.Next() {
			f.write(e.Value.(*folded))
		}
	}
}

// add notes an event of the request.
func (q *folded) add(e event) {
	s := q.summary(e.attempt)
	switch e.kind {
	case getConn:
		if s.conn != nil {
			q.ask(e)
			return
		}
	case gotConn:
		q.answer(s)
	case roundTripDone:
		q.over = e.last
	case bodyDone:
		q.over = true
	}
	s.add(e)
}

// summary returns that of an attempt. While there is none, the first is waiting for a connection.
func (q *folded) summary(a *attempt) *summary {
	if a == nil {
		return q.attempts[0]
	}
	for n := len(q.attempts); n < a.n; n++ {
		q.attempts = append(q.attempts, &summary{n: n + 1, base: q.start})
	}
	s := q.attempts[a.n-1]
	s.conn, s.base = a.conn, a.at
	return s
}

// ask keeps the first GetConn of an attempt to come.
func (q *folded) ask(e event) {
	if q.asked.request == nil {
		q.asked = e
	}
}

// answer gives a new attempt the GetConn that asked for it.
func (q *folded) answer(s *summary) {
	if q.asked.request != nil {
		s.add(q.asked)
		q.asked = event{}
	}
}

// isWritten says whether the last attempt has nothing left to write to its connection.
func (q *folded) isWritten() bool {
	marks := &q.attempts[len(q.attempts)-1].marks
	return marks[wroteRequest].seq != 0 || marks[wroteHeaderField].seq == 0
}

// add notes an event of the attempt. Of several with the same name the first counts.
func (s *summary) add(e event) {
	if s.marks[e.kind].seq != 0 {
		return
	}
	s.marks[e.kind] = markOf(e.at)
	s.dirty = true
	switch e.kind {
	case gotConn:
		s.fields = append(s.fields, e.fields...)
	case wroteRequest:
		s.fields = s.fields.err("wrote_err", e.err)
	case roundTripDone:
		s.fields = append(s.fields, e.fields...).err("err", e.err)
	case bodyDone:
		s.fields = append(s.fields, e.fields...).err("body_err", e.err)
	}
}

// write writes the attempts that the file does not have as they are now, and the GetConn of a
// retry that has no connection.
func (f *folder) write(q *folded) {
	last := len(q.attempts) - 1
	for i, s := range q.attempts {
		open := i == last && !q.over
		if s.dirty || s.open != open {
			s.dirty, s.open = false, open
			f.writeAttempt(q, s)
		}
	}
	if q.over && q.asked.request != nil {
		f.rec.write(q.asked)
		q.asked = event{}
	}
}

func (f *folder) writeAttempt(q *folded, s *summary) {
	buf := lines.Get().(*line)
	l := (*buf)[:0].open("Attempt", s.base, q.request).int("attempt", int64(s.n))
	if s.conn != nil {
		l = l.uint("conn", s.conn.number)
	}
	l = append(append(l, s.fields...), q.fields...)
	if s.open {
		l = l.bool("open", true)
	}
	l = append(l.at(markOf(q.start), &s.marks, s.base.time.UnixNano()), '}', '\n')
	f.rec.sink.add(l)
	*buf = l
	lines.Put(buf)
}

// at adds the milestones, each with its distance to the time of the line, and its seq.
func (l line) at(start mark, marks *[milestones]mark, base int64) line {
	l = append(l.key("at"), '{').mark(requestStart, start, base)
	for k, m := range marks {
		if m.seq != 0 {
			l = append(l, ',').mark(kind(k), m, base)
		}
	}
	return append(l, '}')
}

func (l line) mark(k kind, m mark, base int64) line {
	l = append(l.quote(kindNames[k]), ':', '[')
	l = strconv.AppendInt(l, m.wall-base, 10)
	l = strconv.AppendUint(append(l, ','), m.seq, 10)
	return append(l, ']')
}
