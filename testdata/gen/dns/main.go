// SPDX-License-Identifier: MIT

// Command dns answers questions over UDP on 127.0.0.1:53, just enough for a client to find its
// server: A and AAAA of www.h2annotate.test are the loopback addresses, silent.h2annotate.test gets no
// answer, no other name exists.
package main

import (
	"bytes"
	"encoding/binary"
	"flag"
	"log"
	"net"
)

const (
	typeA    = 1
	typeAAAA = 28
)

// Header flags, RFC 1035 section 4.1.1: response, recursion desired and available.
const (
	answer   = 0x8180
	nxdomain = answer | 3
)

var (
	known   = []byte("\x03www\x0ah2annotate\x04test\x00")
	ignored = []byte("\x06silent\x0ah2annotate\x04test\x00")
)

func main() {
	log.SetFlags(0)
	v4only := flag.Bool("4", false, "no AAAA")
	flag.Parse()
	c, err := net.ListenPacket("udp", "127.0.0.1:53")
	if err != nil {
		log.Fatal("dns: ", err)
	}
	buf := make([]byte, 512)
	for {
		n, from, err := c.ReadFrom(buf)
		if err != nil {
			log.Fatal("dns: ", err)
		}
		if reply := respond(buf[:n], !*v4only); reply != nil {
			c.WriteTo(reply, from)
		}
	}
}

// respond answers the one question of a query, or returns nil: it is none, or gets no answer.
func respond(query []byte, v6 bool) []byte {
	const header = 12
	end := header + bytes.IndexByte(query[min(header, len(query)):], 0) + 1
	if end <= header || len(query) < end+4 {
		return nil
	}
	name, kind := query[header:end], binary.BigEndian.Uint16(query[end:])
	if bytes.Equal(bytes.ToLower(name), ignored) {
		return nil
	}
	flags, count, address := uint16(nxdomain), uint16(0), []byte(nil)
	if bytes.Equal(bytes.ToLower(name), known) {
		flags, address = answer, addressOf(kind, v6)
	}
	if address != nil {
		count = 1
	}
	reply := append([]byte(nil), query[:2]...)
	for _, v := range []uint16{flags, 1, count, 0, 0} {
		reply = binary.BigEndian.AppendUint16(reply, v)
	}
	reply = append(reply, query[header:end+4]...)
	if count == 0 {
		return reply
	}
	reply = append(reply, 0xc0, header) // the name again, by reference
	reply = binary.BigEndian.AppendUint16(reply, kind)
	reply = append(reply, 0, 1, 0, 0, 0, 60)
	reply = binary.BigEndian.AppendUint16(reply, uint16(len(address)))
	return append(reply, address...)
}

func addressOf(kind uint16, v6 bool) []byte {
	switch {
	case kind == typeA:
		return net.IPv4(127, 0, 0, 1).To4()
	case kind == typeAAAA && v6:
		return net.IPv6loopback
	}
	return nil
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}
