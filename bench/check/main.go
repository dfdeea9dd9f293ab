// SPDX-License-Identifier: MIT

// Command check holds what h2annotate says of one big capture against tshark, in little memory:
//
//	check -bin h2annotate FOLDER...
//
// Every request's x-request-id, as tshark decodes it from (tcp.stream, http2.streamid), must be the
// one that the compact trace has for the request that h2annotate names there, and every stream and
// attempt must be matched. tests/oracle checks more, but not of captures this big.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
)

// place is where a request is in the capture.
type place struct{ tcpStream, stream int }

func main() {
	log.SetFlags(0)
	log.SetPrefix("check: ")
	bin := flag.String("bin", "", "the h2annotate to check")
	flag.Parse()
	for _, folder := range flag.Args() {
		for _, sidecar := range []string{"compact.json", "trace.json"} {
			if err := check(*bin, folder, sidecar); err != nil {
				log.Fatal(folder, ", ", sidecar, ": ", err)
			}
		}
	}
}

func check(bin, folder, sidecar string) error {
	ids, err := identities(filepath.Join(folder, sidecar))
	if err != nil {
		return err
	}
	claims, err := claimsOf(bin, folder, sidecar)
	if err != nil {
		return err
	}
	n := 0
	err = eachRequest(folder, func(at place, id string) error {
		n++
		if claimed := ids[claims[at]]; claimed != id {
			return fmt.Errorf("tcp.stream %d, stream %d: %q, but h2annotate says %s, which is %q",
				at.tcpStream, at.stream, id, claims[at], claimed)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if n != len(claims) || n != len(ids) {
		return fmt.Errorf("%d requests in the capture, %d matched, %d in the trace", n, len(claims), len(ids))
	}
	fmt.Printf("%s, %s: %d requests, all matched, all as tshark has them\n", filepath.Base(folder), sidecar, n)
	return nil
}

// identities maps the trace's requests to their x-request-id.
func identities(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	ids := map[string]string{}
	lines := json.NewDecoder(f)
	for lines.More() {
		var event struct {
			Req string
			ID  string `json:"x-request-id"`
		}
		if err := lines.Decode(&event); err != nil {
			return nil, err
		}
		if event.ID != "" {
			ids[event.Req] = event.ID
		}
	}
	return ids, nil
}

// claimsOf is what h2annotate matched, as its report has it.
func claimsOf(bin, folder, sidecar string) (map[place]string, error) {
	report, err := os.CreateTemp("", "report")
	if err != nil {
		return nil, err
	}
	defer os.Remove(report.Name())
	defer report.Close()
	args := []string{"-q", "--strict", "--report", report.Name(), "-o", "/dev/null",
		filepath.Join(folder, "capture.pcapng"), filepath.Join(folder, sidecar)}
	if keys := keysOf(folder); keys != "" {
		args = append(args, "--keylog", keys)
	}
	if out, err := exec.Command(bin, args...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("h2annotate: %w: %s", err, out)
	}
	return readReport(report.Name())
}

func readReport(path string) (map[place]string, error) {
	f, err := os.Open(path) // anew: h2annotate has replaced the file
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var report struct {
		Connections []struct {
			TCPStream int `json:"tcp_stream"`
			Streams   []struct {
				Stream int
				Req    *string
			}
		}
	}
	if err := json.NewDecoder(f).Decode(&report); err != nil {
		return nil, err
	}
	claims := map[place]string{}
	for _, c := range report.Connections {
		for _, s := range c.Streams {
			if s.Req != nil {
				claims[place{c.TCPStream, s.Stream}] = *s.Req
			}
		}
	}
	return claims, nil
}

func keysOf(folder string) string {
	keys := filepath.Join(folder, "keys.log")
	if _, err := os.Stat(keys); err != nil {
		return ""
	}
	return keys
}
