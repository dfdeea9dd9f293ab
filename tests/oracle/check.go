// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"time"
)

// A verdict is what became of one report.
type verdict struct {
	attempts   int
	right      map[string]int // by kind of match
	wrong      []string
	unmatched  map[string]int  // attempts by reason
	missed     map[string]int  // the same of true pairs that were not claimed
	unverified int             // claims about what tshark could not decode
	halfWidths []time.Duration // of the offset's intervals
	astray     int             // of `wrong`: about clocks
	lossy      bool
}

func newVerdict() verdict {
	return verdict{right: map[string]int{}, unmatched: map[string]int{}, missed: map[string]int{}}
}

func (v *verdict) blame(format string, args ...any) {
	v.wrong = append(v.wrong, fmt.Sprintf(format, args...))
}

func (v *verdict) nRight() int  { return sum(v.right) }
func (v *verdict) nMissed() int { return sum(v.missed) }

func sum(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}

// A claim is one line of the report: this attempt is this stream.
type claim struct {
	req              string
	number, pid      int
	client           string
	kind             string
	tcpStream        int
	stream           int
	packet           int
	response, status int
}

func (c claim) String() string {
	return fmt.Sprintf("%s attempt %d is tcp.stream %d stream %d packet %d (%s)",
		c.req, c.number, c.tcpStream, c.stream, c.packet, c.kind)
}

func (r *report) claims() []claim {
	var claims []claim
	for _, conn := range r.Connections {
		for _, s := range conn.Streams {
			if s.Req == "" {
				continue
			}
			claims = append(claims, claim{
				req: s.Req, number: s.Attempt, pid: s.Pid, client: conn.Client, kind: s.Match,
				tcpStream: conn.TCPStream, stream: s.Stream, packet: s.Packets.Headers,
				response: s.Packets.FirstResponse, status: s.Status,
			})
		}
	}
	return claims
}

// check holds a report against the truth. In a lossy capture the order of HTTP/1.1 requests is a
// matter of opinion, so packets alone count, and what is not found behind a gap is not held against
// the report.
func check(attempts []*attempt, streams []stream, r *report, lossy bool) *verdict {
	empty := newVerdict()
	v := &empty
	v.attempts, v.lossy = len(attempts), lossy
	p := pair(attempts, streams)
	seen := map[[2]int]bool{}
	for _, s := range streams {
		seen[[2]int{s.tcpStream, s.stream}] = true
	}
	claimed := map[*attempt]bool{}
	for _, c := range r.claims() {
		a := find(attempts, c)
		if a == nil {
			v.blame("%v: the sidecars do not have exactly one such attempt", c)
			continue
		}
		if claimed[a] {
			v.blame("%v: claimed twice", c)
			continue
		}
		claimed[a] = true
		truth := p.streamOf[a.key]
		if truth == nil && (p.unclear[a.key] || !seen[[2]int{c.tcpStream, c.stream}]) {
			v.unverified++
			continue
		}
		v.judge(c, truth)
	}
	v.account(attempts, p, claimed, r)
	if !lossy {
		v.accountStreams(streams, r)
	}
	return v
}

// find returns the attempt a claim is about. Where processes share a req, the report's pid tells
// them apart, or the address of the connection.
func find(attempts []*attempt, c claim) *attempt {
	var found []*attempt
	for _, a := range attempts {
		same := a.req == c.req && a.number == c.number
		if same && (c.pid == 0 || c.pid == a.pid) {
			found = append(found, a)
		}
	}
	if len(found) > 1 {
		for _, a := range found {
			if a.local == c.client {
				return a
			}
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

func (v *verdict) judge(c claim, truth *stream) {
	switch {
	case truth == nil:
		v.blame("%v: that stream is another request's", c)
	case c.tcpStream != truth.tcpStream || c.packet != truth.packet || v.misnumbered(c, truth):
		v.blame("%v: in truth tcp.stream %d stream %d packet %d",
			c, truth.tcpStream, truth.stream, truth.packet)
	case v.differs(c.response, truth.response):
		v.blame("%v: first response in packet %d, in truth %d", c, c.response, truth.response)
	case v.differs(c.status, truth.status):
		v.blame("%v: status %d, in truth %d", c, c.status, truth.status)
	default:
		v.right[c.kind]++
	}
}

func (v *verdict) misnumbered(c claim, truth *stream) bool {
	return c.stream != truth.stream && !v.lossy
}

// differs: tshark knows it, and the report says something else, or nothing without an excuse.
func (v *verdict) differs(claimed, truth int) bool {
	if truth == 0 || claimed == 0 && v.lossy {
		return false
	}
	return claimed != truth
}

// account sees to it that every attempt is claimed or listed with a reason.
func (v *verdict) account(attempts []*attempt, p pairing, claimed map[*attempt]bool, r *report) {
	type name struct {
		req         string
		number, pid int
	}
	reasons := map[name]string{}
	for _, u := range r.Unmatched.Attempts {
		reasons[name{u.Req, u.Attempt, u.Pid}] = u.Reason
	}
	for _, a := range attempts {
		if claimed[a] {
			continue
		}
		reason := reasons[name{a.req, a.number, a.pid}]
		if reason == "" {
			v.blame("%s attempt %d of process %d is neither matched nor listed as unmatched",
				a.req, a.number, a.pid)
			continue
		}
		v.unmatched[reason]++
		if p.streamOf[a.key] != nil {
			v.missed[reason]++
		}
	}
}

// accountStreams does the same for the streams that tshark sees.
func (v *verdict) accountStreams(streams []stream, r *report) {
	known := map[[2]int]bool{}
	for _, c := range r.claims() {
		known[[2]int{c.tcpStream, c.stream}] = true
	}
	for _, u := range r.Unmatched.Streams {
		known[[2]int{u.TCPStream, u.Stream}] = true
	}
	for _, s := range streams {
		if !known[[2]int{s.tcpStream, s.stream}] {
			v.blame("tcp.stream %d stream %d (packet %d) is neither matched nor listed as unmatched",
				s.tcpStream, s.stream, s.packet)
		}
	}
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
