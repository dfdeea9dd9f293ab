// SPDX-License-Identifier: MIT

package main

import "fmt"

// A pairing is what is true: which attempt is which stream. Retries repeat the identity, so it is
// the i-th attempt on a connection's address that is the i-th stream with that identity there.
type pairing struct {
	streamOf  map[key]*stream
	attemptOf map[*stream]*attempt
	unclear   map[key]bool // more attempts than streams: some HEADERS were never sent or captured
}

func pair(attempts []*attempt, streams []stream) pairing {
	type place struct{ id, client string }
	there := map[place][]*stream{}
	for i := range streams {
		s := &streams[i]
		for _, at := range []place{{s.id, s.client}, {s.id, ""}} { // a debug log has no addresses
			there[at] = append(there[at], s)
		}
	}
	p := pairing{map[key]*stream{}, map[*stream]*attempt{}, map[key]bool{}}
	tried := map[place][]*attempt{}
	for _, a := range attempts {
		if a.id == "" {
			p.unclear[a.key] = true
		} else if a.wrote {
			at := place{a.id, a.local}
			tried[at] = append(tried[at], a)
		}
	}
	for at, as := range tried {
		for i, a := range as {
			switch {
			case len(as) != len(there[at]) && len(there[at]) > 0:
				p.unclear[a.key] = true
			case i < len(there[at]):
				p.streamOf[a.key] = there[at][i]
				p.attemptOf[there[at][i]] = a
			}
		}
	}
	return p
}

// withoutAddresses: where something translates addresses, identity and order are the truth. The i-th
// stream with an identity gets the address of the i-th attempt that has it.
func withoutAddresses(attempts []*attempt, streams []stream) []stream {
	local := map[string][]string{}
	for _, a := range attempts {
		if a.wrote {
			local[a.id] = append(local[a.id], a.local)
		}
	}
	out := append([]stream(nil), streams...)
	for i := range out {
		id := out[i].id
		out[i].client = ""
		if left := local[id]; len(left) > 0 {
			out[i].client, local[id] = left[0], left[1:]
		}
	}
	return out
}

// showSidecars tells how much of a sidecar the truth covers.
func showSidecars(f folder) error {
	streams, err := f.readTruth()
	if err != nil {
		return err
	}
	attempts, err := readSidecars(f)
	if err != nil {
		return err
	}
	p := pair(attempts, streams)
	unwritten, absent := 0, 0
	for _, a := range attempts {
		switch {
		case !a.wrote:
			unwritten++
		case p.streamOf[a.key] == nil:
			absent++
		}
	}
	fmt.Printf("%-24s streams %3d, of no attempt %3d; attempts %3d: paired %3d, not written %2d, not seen %3d, unclear %d\n",
		f.name, len(streams), len(streams)-len(p.attemptOf), len(attempts), len(p.streamOf), unwritten,
		absent, len(p.unclear))
	return nil
}
