// SPDX-License-Identifier: MIT

// Command wire is the network between two interfaces: it carries Ethernet frames both ways and can
// delay, lose, reorder and tag them on the way. It counts instead of rolling dice, so that every run
// does nearly the same, and needs no netem in the kernel.
//
//	wire [flags] INTERFACE INTERFACE
package main

import (
	"flag"
	"log"
	"net"
	"syscall"
	"time"
)

type options struct {
	delay      time.Duration
	back       time.Duration
	swap, drop int
	tag        int
}

func main() {
	log.SetFlags(0)
	var o options
	flag.DurationVar(&o.delay, "delay", 0, "one way")
	flag.DurationVar(&o.back, "back", -1, "from the second interface to the first, if it is another")
	flag.IntVar(&o.swap, "swap", 0, "let every Nth TCP packet with data be overtaken by the next two")
	flag.IntVar(&o.drop, "drop", 0, "lose every Nth TCP packet with data")
	flag.IntVar(&o.tag, "tag", 0, "put an 802.1Q tag on what leaves by the second interface")
	flag.Parse()
	if flag.NArg() != 2 {
		log.Fatal("wire: two interfaces wanted")
	}
	a, b := open(flag.Arg(0)), open(flag.Arg(1))
	back := o
	if o.back >= 0 {
		back.delay = o.back
	}
	go carry(b, a, back, 0)
	carry(a, b, o, o.tag)
}

// A port is a raw socket on one interface.
type port struct{ fd, index int }

func open(name string) port {
	i, err := net.InterfaceByName(name)
	if err != nil {
		log.Fatal("wire: ", name, ": ", err)
	}
	const everything = 0x0300 // ETH_P_ALL in network order
	fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW, everything)
	if err != nil {
		log.Fatal("wire: ", err)
	}
	addr := &syscall.SockaddrLinklayer{Protocol: everything, Ifindex: i.Index}
	if err := syscall.Bind(fd, addr); err != nil {
		log.Fatal("wire: ", err)
	}
	return port{fd, i.Index}
}

// receive returns the next frame that comes in; frames sent here are seen too, and left out.
func (p port) receive(buf []byte) []byte {
	for {
		n, from, err := syscall.Recvfrom(p.fd, buf, 0)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			log.Fatal("wire: ", err)
		}
		if ll, ok := from.(*syscall.SockaddrLinklayer); ok && ll.Pkttype != syscall.PACKET_OUTGOING {
			return append([]byte(nil), buf[:n]...)
		}
	}
}

func (p port) send(frame []byte) {
	err := syscall.Sendto(p.fd, frame, 0, &syscall.SockaddrLinklayer{Ifindex: p.index})
	if err != nil {
		log.Print("wire: ", err)
	}
}

// carry moves frames one way, for ever.
func carry(from, to port, o options, tag int) {
	type due struct {
		frame []byte
		at    time.Time
	}
	queue := make(chan due, 1024)
	go func() {
		for d := range queue {
			time.Sleep(time.Until(d.at))
			to.send(d.frame)
		}
	}()
	m := mischief{options: o}
	buf := make([]byte, 1<<16)
	for {
		for _, frame := range m.apply(from.receive(buf)) {
			queue <- due{tagged(frame, tag), time.Now().Add(o.delay)}
		}
	}
}
