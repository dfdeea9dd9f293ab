// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// askTshark returns the requests of the capture that carry an identity, in order of packets.
func askTshark(f folder) ([]stream, error) {
	capture, remove, err := inOne(f.captures)
	if err != nil {
		return nil, err
	}
	defer remove()
	args := []string{"-r", capture, "-T", "pdml",
		"-o", "http.desegment_body:FALSE", // a head belongs to its own packet, not to the body's last
		"-Y", "http || http2.type == 1 || http2.type == 9"}
	if !f.lossy() {
		args = append(args, "-o", "tcp.reassemble_out_of_order:TRUE")
	}
	if f.keys != "" {
		args = append(args, "-o", "tls.keylog_file:"+f.keys)
	}
	if f.priorKnowledge() {
		args = append(args, "-d", "tcp.port==8080,http2")
	}
	cmd := exec.Command("tshark", args...)
	var messages bytes.Buffer
	cmd.Stderr = &messages
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("tshark: %w: %s", err, messages.String())
	}
	heads, err := readPDML(bytes.NewReader(out))
	if err != nil {
		return nil, err
	}
	return collect(heads), nil
}

// inOne puts the files of a ring together; tshark reads one.
func inOne(captures []string) (path string, remove func(), err error) {
	if len(captures) == 1 {
		return captures[0], func() {}, nil
	}
	dir, err := os.MkdirTemp("", "oracle")
	if err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	path = filepath.Join(dir, "whole.pcapng")
	out, err := exec.Command("mergecap", append([]string{"-a", "-w", path}, captures...)...).CombinedOutput()
	if err != nil {
		remove()
		return "", nil, fmt.Errorf("mergecap: %w: %s", err, bytes.TrimSpace(out))
	}
	return path, remove, nil
}

// A head is one HTTP/2 header block, or one HTTP/1.1 request or response head.
type head struct {
	packet, tcpStream int
	source            string // ip:port of the sender
	http1             bool
	kind, stream      int // HTTP/2: frame type, stream identifier
	fields            map[string]string
}

const continuation = 9

func (h *head) request() bool { return h.fields[":method"] != "" }

func (h *head) status() int {
	n, _ := strconv.Atoi(h.fields[":status"])
	return n
}

func (h *head) id() string {
	if _, truth, ok := strings.Cut(h.fields[":path"], "?truth="); ok {
		return truth
	}
	if truth := h.fields["x-truth"]; truth != "" {
		return truth
	}
	if id := h.fields["x-request-id"]; id != "" {
		return id
	}
	return h.fields["traceparent"]
}

// A pdmlReader walks tshark's XML in document order.
type pdmlReader struct {
	heads   []*head
	packet  head // what all heads of this packet share
	ip      string
	current *head  // the frame or message being read
	name    string // of the header field whose value comes next
}

func readPDML(r io.Reader) ([]*head, error) {
	var p pdmlReader
	d := xml.NewDecoder(r)
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return p.heads, nil
		}
		if err != nil {
			return nil, fmt.Errorf("tshark's XML: %w", err)
		}
		if e, ok := token.(xml.StartElement); ok {
			p.element(attribute(e, "name"), attribute(e, "show"))
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// element takes the start of one dissected field, or of a protocol.
func (p *pdmlReader) element(name, show string) {
	switch name {
	case "frame.number":
		p.packet = head{packet: number(show)}
	case "tcp.stream":
		p.packet.tcpStream = number(show)
	case "ip.src", "ipv6.src":
		p.ip = show
	case "tcp.srcport":
		p.packet.source = address(p.ip, show)
	case "http2.stream":
		p.begin(false)
	case "http":
		p.begin(true)
	}
	if p.current != nil {
		p.field(name, show)
	}
}

func (p *pdmlReader) begin(http1 bool) {
	h := p.packet
	h.http1 = http1
	h.fields = map[string]string{}
	p.current = &h
	p.heads = append(p.heads, p.current)
}

func (p *pdmlReader) field(name, show string) {
	switch name {
	case "http2.type":
		p.current.kind = number(show)
	case "http2.streamid":
		p.current.stream = number(show)
	case "http2.header.name":
		p.name = show
	case "http2.header.value":
		p.current.fields[p.name] = show
	case "http.request.method":
		p.current.fields[":method"] = show
	case "http.response.code":
		p.current.fields[":status"] = show
	case "http.request.line":
		key, value, _ := strings.Cut(strings.ReplaceAll(show, `\r\n`, ""), ": ")
		p.current.fields[strings.ToLower(key)] = strings.TrimSpace(value)
	}
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

func address(ip, port string) string {
	if strings.Contains(ip, ":") {
		ip = "[" + ip + "]"
	}
	return ip + ":" + port
}

// collect pairs requests with their responses.
func collect(heads []*head) []stream {
	c := collector{requests: map[[2]int]int{}, n: map[int]int{}, answered: map[int]int{}}
	for _, h := range whole(heads) {
		switch {
		case h.request():
			c.request(h)
		case h.status() != 0:
			c.response(h)
		}
	}
	return c.identified()
}

// whole adds the fields of CONTINUATION to the HEADERS before. The head belongs to the packet that
// completes it.
func whole(heads []*head) []*head {
	var out []*head
	begun := map[[2]int]*head{}
	for _, h := range heads {
		at := [2]int{h.tcpStream, h.stream}
		if h.kind != continuation {
			begun[at] = h
			out = append(out, h)
			continue
		}
		if b := begun[at]; b != nil {
			b.packet = h.packet
			for name, value := range h.fields {
				b.fields[name] = value
			}
		}
	}
	return out
}

type collector struct {
	streams     []stream
	requests    map[[2]int]int // (tcp.stream, stream) to its place in streams
	n, answered map[int]int    // HTTP/1.1, of each tcp.stream: requests, final responses
}

// identified leaves out what carries no identity, and copies: a connection captured on two
// interfaces is one tcp.stream for Wireshark 4.0 and two for 4.4, if one copy comes as a whole
// before the other.
func (c *collector) identified() []stream {
	type name struct {
		id, client string
		stream     int
	}
	var out []stream
	seen := map[name]bool{}
	for _, s := range c.streams {
		n := name{s.id, s.client, s.stream}
		if s.id != "" && !seen[n] {
			seen[n] = true
			out = append(out, s)
		}
	}
	return out
}

func (c *collector) request(h *head) {
	if h.fields[":method"] == "CONNECT" {
		return // what goes through the tunnel has numbers of its own
	}
	id := h.stream
	if h.http1 {
		c.n[h.tcpStream]++
		id = c.n[h.tcpStream]
	}
	key := [2]int{h.tcpStream, id}
	if _, seen := c.requests[key]; seen {
		return // trailers, or a copy of the packet on another interface
	}
	c.requests[key] = len(c.streams)
	c.streams = append(c.streams, stream{
		id: h.id(), tcpStream: h.tcpStream, stream: id, packet: h.packet, client: h.source})
}

func (c *collector) response(h *head) {
	id := h.stream
	final := h.status() >= 200
	if h.http1 {
		id = c.answered[h.tcpStream] + 1
		if final {
			c.answered[h.tcpStream]++
		}
	}
	at, known := c.requests[[2]int{h.tcpStream, id}]
	if !known {
		return
	}
	s := &c.streams[at]
	if s.response == 0 {
		s.response = h.packet
	}
	if final {
		s.status = h.status()
	}
}
