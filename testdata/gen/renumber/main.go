// SPDX-License-Identifier: MIT

// Command renumber raises the stream identifiers of a capture: nobody waits for a client that has
// used up 2^31 of them. It reads a pcapng of HTTP/2 in clear text on port 8080, captured on a
// loopback, in which no frame is split between packets, and writes it again. The TCP checksums stay
// what they are on a loopback: not computed.
//
//	renumber -by N <pcapng >pcapng
package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"flag"
	"io"
	"log"
	"os"
)

const (
	enhancedPacket = 6 // block type, draft-ietf-opsawg-pcapng section 4.3
	packetAt       = 28
	port           = 8080
	preface        = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
)

func main() {
	log.SetFlags(0)
	by := flag.Uint("by", 0, "add this to each stream identifier but 0")
	flag.Parse()
	out := bufio.NewWriter(os.Stdout)
	if err := run(bufio.NewReader(os.Stdin), out, uint32(*by)); err != nil {
		log.Fatal("renumber: ", err)
	}
	if err := out.Flush(); err != nil {
		log.Fatal("renumber: ", err)
	}
}

func run(in io.Reader, out io.Writer, by uint32) error {
	var head [8]byte
	for {
		if _, err := io.ReadFull(in, head[:]); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		block := make([]byte, binary.LittleEndian.Uint32(head[4:]))
		copy(block, head[:])
		if _, err := io.ReadFull(in, block[len(head):]); err != nil {
			return err
		}
		if binary.LittleEndian.Uint32(block) == enhancedPacket {
			captured := binary.LittleEndian.Uint32(block[20:])
			if err := packet(block[packetAt:packetAt+captured], by); err != nil {
				return err
			}
		}
		if _, err := out.Write(block); err != nil {
			return err
		}
	}
}

// packet is Ethernet, IPv4 and TCP.
func packet(p []byte, by uint32) error {
	const ethernet, protocol = 14, 9
	if len(p) < ethernet+40 || p[ethernet+protocol] != 6 {
		return nil
	}
	ip := p[ethernet:]
	tcp := ip[int(ip[0]&15)*4 : binary.BigEndian.Uint16(ip[2:])]
	if binary.BigEndian.Uint16(tcp) != port && binary.BigEndian.Uint16(tcp[2:]) != port {
		return nil
	}
	data := tcp[int(tcp[12]>>4)*4:]
	if len(data) >= len(preface) && string(data[:len(preface)]) == preface {
		data = data[len(preface):]
	}
	return frames(data, by)
}

func frames(data []byte, by uint32) error {
	const head = 9 // RFC 9113 section 4.1
	for len(data) > 0 {
		if len(data) < head {
			return errors.New("a frame is split")
		}
		length := int(data[0])<<16 | int(data[1])<<8 | int(data[2])
		if length > len(data)-head {
			return errors.New("a frame is split")
		}
		if id := binary.BigEndian.Uint32(data[5:]); id != 0 {
			binary.BigEndian.PutUint32(data[5:], id+by)
		}
		data = data[head+length:]
	}
	return nil
}
