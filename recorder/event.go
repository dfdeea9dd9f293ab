// SPDX-License-Identifier: MIT

package recorder

import "sync"

// A kind is the name of an event as a small number.
type kind uint8

// The milestones of an attempt come first: the compact mode folds them into one line. What follows
// them happens once per file or belongs to a dial, which may serve another request.
const (
	requestStart kind = iota
	getConn
	gotConn
	wroteHeaderField
	wroteHeaders
	wait100Continue
	got100Continue
	got1xxResponse
	wroteRequest
	gotFirstResponseByte
	putIdleConn
	roundTripDone
	bodyDone
	meta
	dnsStart
	dnsDone
	connectStart
	connectDone
	tlsHandshakeStart
	tlsHandshakeDone
	dialed
)

// milestones is the number of kinds that belong to an attempt.
const milestones = int(bodyDone) + 1

func (k kind) isMilestone() bool { return k <= bodyDone }

var kindNames = [...]string{
	requestStart:         "RequestStart",
	getConn:              "GetConn",
	gotConn:              "GotConn",
	wroteHeaderField:     "WroteHeaderField",
	wroteHeaders:         "WroteHeaders",
	wait100Continue:      "Wait100Continue",
	got100Continue:       "Got100Continue",
	got1xxResponse:       "Got1xxResponse",
	wroteRequest:         "WroteRequest",
	gotFirstResponseByte: "GotFirstResponseByte",
	putIdleConn:          "PutIdleConn",
	roundTripDone:        "RoundTripDone",
	bodyDone:             "BodyDone",
	meta:                 "Meta",
	dnsStart:             "DNSStart",
	dnsDone:              "DNSDone",
	connectStart:         "ConnectStart",
	connectDone:          "ConnectDone",
	tlsHandshakeStart:    "TLSHandshakeStart",
	tlsHandshakeDone:     "TLSHandshakeDone",
	dialed:               "Dialed",
}

// An event is one thing that happened.
type event struct {
	kind    kind
	at      stamp
	request *request // nil: not in a request
	attempt *attempt // nil: before the first connection
	fields  line     // what only this kind of event has
	err     error
	last    bool // a roundTripDone that no bodyDone will follow
}

// onConn says whether the event happened on the connection of its attempt. A GetConn asks for the
// next one, and nobody knows whose connection a dial will be.
func (e *event) onConn() bool {
	return e.attempt != nil && e.kind.isMilestone() && e.kind != getConn
}

var lines = sync.Pool{New: func() any { return new(line) }}

// write hands the event to the sink as a line of its own.
func (r *Recorder) write(e event) {
	buf := lines.Get().(*line)
	l := (*buf)[:0].open(kindNames[e.kind], e.at, e.request)
	if e.attempt != nil {
		l = l.int("attempt", int64(e.attempt.n))
	}
	if e.onConn() {
		l = l.uint("conn", e.attempt.conn.number)
	}
	l = append(l, e.fields...)
	l = l.err("err", e.err)
	l = append(l, '}', '\n')
	r.sink.add(l)
	*buf = l
	lines.Put(buf)
}

// open begins a line with what all lines have.
func (l line) open(ev string, at stamp, q *request) line {
	l = l.time("ts", at.time).str("ev", ev)
	l[0] = '{'
	if q != nil {
		l = l.str("req", q.id)
	}
	return l.uint("seq", at.seq).int("mono_ns", at.mono()).int("pid", int64(process.pid))
}
