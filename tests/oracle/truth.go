// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A stream is a request as tshark sees it, with the identity that its header fields carry.
type stream struct {
	id        string // x-truth, else x-request-id, else traceparent
	tcpStream int
	stream    int // HTTP/1.1: 1 for the first request of the connection in the capture, 2, …
	packet    int // the one with the HEADERS
	client    string
	response  int // packet of the first response HEADERS, 1xx included; 0: none
	status    int // the final one; 0: none
}

const truthHead = "# id\ttcp_stream\tstream\tpacket\tclient\tresponse\tstatus\n"

func (f folder) truthPath() string { return filepath.Join(f.path, "truth.tsv") }

func formatTruth(streams []stream) []byte {
	b := bytes.NewBufferString(truthHead)
	for _, s := range streams {
		fmt.Fprintf(b, "%s\t%d\t%d\t%d\t%s\t%d\t%d\n",
			s.id, s.tcpStream, s.stream, s.packet, s.client, s.response, s.status)
	}
	return b.Bytes()
}

// readTruth returns the streams in order of packets.
func (f folder) readTruth() ([]stream, error) {
	text, err := os.ReadFile(f.truthPath())
	if err != nil {
		return nil, err
	}
	var streams []stream
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var s stream
		_, err := fmt.Sscanf(line, "%s\t%d\t%d\t%d\t%s\t%d\t%d",
			&s.id, &s.tcpStream, &s.stream, &s.packet, &s.client, &s.response, &s.status)
		if err != nil {
			return nil, fmt.Errorf("truth.tsv:%d: %w", i+1, err)
		}
		streams = append(streams, s)
	}
	return streams, nil
}

func makeTruthOf(f folder) error {
	streams, err := askTshark(f)
	if err != nil {
		return err
	}
	fmt.Println(f.name+":", len(streams), "streams")
	return os.WriteFile(f.truthPath(), formatTruth(streams), 0o644)
}

func checkTruthOf(f folder) error {
	streams, err := askTshark(f)
	if err != nil {
		return err
	}
	committed, err := os.ReadFile(f.truthPath())
	if err != nil {
		return err
	}
	if !bytes.Equal(committed, formatTruth(streams)) {
		return errors.New("truth.tsv is not what tshark says")
	}
	fmt.Println(f.name+":", len(streams), "streams, as committed")
	return nil
}
