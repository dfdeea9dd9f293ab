// SPDX-License-Identifier: MIT

// Command halfopen writes a capture of SYN packets, each of a connection of its own, that nobody
// answers: what a scan or a flood leaves.
//
//	halfopen N >capture.pcapng
package main

import (
	"bufio"
	"encoding/binary"
	"log"
	"os"
	"strconv"
)

const (
	shb, idb, epb = 0x0a0d0d0a, 1, 6
	raw           = 101 // LINKTYPE_RAW: IP at once
	packetLen     = 40
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: halfopen N >capture.pcapng")
	}
	n, err := strconv.ParseUint(os.Args[1], 10, 32)
	if err != nil {
		log.Fatal("halfopen: ", err)
	}
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	write(out, shb, words(0x1a2b3c4d, 1, 0xffffffff, 0xffffffff))
	write(out, idb, words(raw, 0))
	for i := uint64(0); i < n; i++ {
		write(out, epb, append(words(0, uint32(i>>32), uint32(i), packetLen, packetLen), syn(uint32(i))...))
	}
	if err := out.Flush(); err != nil {
		log.Fatal("halfopen: ", err)
	}
}

// write appends a block (draft-ietf-opsawg-pcapng section 3.1). Errors stay in out.
func write(out *bufio.Writer, kind uint32, body []byte) {
	length := uint32(len(body) + 12)
	out.Write(words(kind, length))
	out.Write(body)
	out.Write(words(length))
}

func words(values ...uint32) []byte {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

// syn is an IPv4 packet from address and port number i to 10.0.0.1:443.
func syn(i uint32) []byte {
	p := make([]byte, packetLen)
	p[0], p[3], p[8], p[9] = 0x45, packetLen, 64, 6
	binary.BigEndian.PutUint32(p[12:], 0xac100000+i>>14)
	binary.BigEndian.PutUint32(p[16:], 0x0a000001)
	binary.BigEndian.PutUint16(p[20:], uint16(i&0x3fff)+1024)
	binary.BigEndian.PutUint16(p[22:], 443)
	p[32], p[33] = 0x50, 0x02
	return p
}
