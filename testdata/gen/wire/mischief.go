// SPDX-License-Identifier: MIT

package main

import "encoding/binary"

// mischief decides what is lost and what is overtaken, by counting TCP packets with data.
type mischief struct {
	options
	n       int      // packets with data so far
	held    [][]byte // the one that is being overtaken, then those that did
	holding bool
}

// apply returns the frames to send now.
func (m *mischief) apply(frame []byte) [][]byte {
	if m.holding {
		return m.overtake(frame)
	}
	if !hasData(frame) {
		return [][]byte{frame}
	}
	m.n++
	if m.drop > 0 && m.n%m.drop == 0 {
		return nil
	}
	if m.swap > 0 && m.n%m.swap == 0 {
		m.held, m.holding = [][]byte{frame}, true
		return nil
	}
	return [][]byte{frame}
}

// overtake lets two frames pass before the one that is held. The sender's own retransmission of it
// is one of them at the latest, so nothing waits for ever.
func (m *mischief) overtake(frame []byte) [][]byte {
	m.held = append(m.held, frame)
	if len(m.held) < 3 {
		return nil
	}
	first := m.held[0]
	out := append(m.held[1:], first)
	m.held, m.holding = nil, false
	return out
}

// hasData tells an IPv4 TCP packet with payload.
func hasData(frame []byte) bool {
	const ethernet, ipv4, tcp = 14, 0x0800, 6
	if len(frame) < ethernet+20 || binary.BigEndian.Uint16(frame[12:]) != ipv4 {
		return false
	}
	ip := frame[ethernet:]
	total, header := int(binary.BigEndian.Uint16(ip[2:])), int(ip[0]&15)*4
	if ip[9] != tcp || len(ip) < header+13 {
		return false
	}
	return total > header+int(ip[header+12]>>4)*4
}

// tagged puts the 802.1Q tag behind the addresses.
func tagged(frame []byte, vlan int) []byte {
	if vlan == 0 || len(frame) < 12 {
		return frame
	}
	out := append([]byte(nil), frame[:12]...)
	out = binary.BigEndian.AppendUint16(out, 0x8100)
	out = binary.BigEndian.AppendUint16(out, uint16(vlan))
	return append(out, frame[12:]...)
}
