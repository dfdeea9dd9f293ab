// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	headers  = "1" // RFC 9113 section 6.2
	identity = "x-request-id"
)

// eachRequest calls f for every request of the capture, in order, while tshark runs. No value of a
// header field of ours holds a comma.
func eachRequest(folder string, f func(place, string) error) error {
	args := []string{"-n", "-r", filepath.Join(folder, "capture.pcapng"), "-T", "fields",
		"-Y", `http2.header.name == "` + identity + `"`, "-o", "tcp.reassemble_out_of_order:TRUE"}
	for _, field := range []string{"tcp.stream", "http2.streamid", "http2.type", "http2.header.name",
		"http2.header.value"} {
		args = append(args, "-e", field)
	}
	if keys := keysOf(folder); keys != "" {
		args = append(args, "-o", "tls.keylog_file:"+keys)
	}
	cmd := exec.Command("tshark", args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for err == nil && lines.Scan() {
		err = onePacket(strings.Split(lines.Text(), "\t"), f)
	}
	if err != nil {
		cmd.Process.Kill()
	}
	if waited := cmd.Wait(); err == nil {
		err = waited
	}
	if err == nil {
		err = lines.Err()
	}
	return err
}

// onePacket deals the identities of a packet out to its HEADERS frames: all those carry one.
func onePacket(fields []string, f func(place, string) error) error {
	var streams, ids []string
	all := strings.Split(fields[1], ",")
	types, names, values := strings.Split(fields[2], ","), strings.Split(fields[3], ","), strings.Split(fields[4], ",")
	if len(all) != len(types) || len(names) != len(values) {
		return fmt.Errorf("tshark's lists differ in length: %q", fields)
	}
	for i, t := range types {
		if t == headers {
			streams = append(streams, all[i])
		}
	}
	for i, name := range names {
		if name == identity {
			ids = append(ids, values[i])
		}
	}
	if len(streams) != len(ids) {
		return fmt.Errorf("%d HEADERS with %d identities: %q", len(streams), len(ids), fields)
	}
	connection, err := strconv.Atoi(strings.Split(fields[0], ",")[0])
	for i := 0; err == nil && i < len(ids); i++ {
		var stream int
		if stream, err = strconv.Atoi(streams[i]); err == nil {
			err = f(place{connection, stream}, ids[i])
		}
	}
	return err
}
