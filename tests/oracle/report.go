// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// A report is what is checked of h2annotate's JSON report, docs/report-format.md.
type report struct {
	Clock *struct {
		interval
		Clocks []clock
	}
	Connections []struct {
		TCPStream int `json:"tcp_stream"`
		Client    string
		Streams   []struct {
			Stream  int
			Req     string // "": not matched
			Attempt int
			Pid     int // where one req is used by several processes
			Match   string
			Status  int
			Packets struct {
				Headers       int
				FirstResponse int `json:"first_response"`
			}
		}
	}
	Unmatched struct {
		Attempts []struct {
			Req     string
			Attempt int
			Pid     int
			Reason  string
		}
		Streams []struct {
			TCPStream int `json:"tcp_stream"`
			Stream    int
			Reason    string
		}
	}
}

// annotate runs h2annotate on a folder and returns its report.
func annotate(f folder, bin string, flags ...string) (*report, error) {
	dir, err := os.MkdirTemp("", "oracle")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "report.json")
	args := append([]string{"-q", "--report", path}, flags...)
	if len(f.captures) == 1 {
		args = append(args, "-o", filepath.Join(dir, "out.pcapng"))
	} else {
		args = append(args, "--out-dir", dir)
	}
	if f.keys != "" {
		args = append(args, "--keylog", f.keys)
	}
	args = append(append(append(args, f.captures...), f.sidecars...), f.logs...)
	if out, err := exec.Command(bin, args...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", bin, err, bytes.TrimSpace(out))
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := new(report)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("the report: %w", err)
	}
	return r, nil
}
