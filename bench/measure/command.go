// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// A command is what one row of a table times. Its output file is removed after each run.
type command struct {
	label string
	args  []string
	env   []string // beside those that all have
	out   string
	bytes int64  // what MB/s is about
	base  string // label of the command that ratios are taken to
	once  bool   // too slow to be run in each round
	ours  bool
	guest bool // not as root
}

// baseline is the label of the command that ratios are taken to, but for those of the plugin.
const baseline = "editcap"

// commands are all that is run on the material. All of ours write the annotated capture.
func commands(o *options, m *material) []command {
	all := []command{
		{label: "cp", args: []string{"cp", m.capture, m.out}},
		{label: baseline, args: []string{"editcap", m.capture, m.out}},
		{label: "capinfos -c", args: []string{"capinfos", "-c", m.capture}},
		ours(o, m, "h2annotate, compact trace", m.capture, m.compact),
		ours(o, m, "h2annotate, full trace", m.capture, m.trace),
		ours(o, m, "… full trace, -j 1", m.capture, m.trace, "-j", "1"),
		ours(o, m, "… capture alone", m.capture, m.noTrace),
		ours(o, m, "… compact trace alone", m.noCapture, m.compact),
		ours(o, m, "… full trace alone", m.noCapture, m.trace),
		ours(o, m, "… full trace alone, -j 1", m.noCapture, m.trace, "-j", "1"),
	}
	if o.array {
		all = append(all,
			ours(o, m, "… JSON array alone", m.noCapture, m.array),
			ours(o, m, "… JSON array alone, -j 1", m.noCapture, m.array, "-j", "1"))
	}
	if o.slow {
		all = append(all, jq(m), tsharkFields(m), scripted(o, m))
	}
	for i := range all {
		all[i].out, all[i].base = m.out, baseline
		if all[i].bytes == 0 {
			all[i].bytes = size(m.capture)
		}
	}
	return all
}

func ours(o *options, m *material, label, capture, sidecar string, more ...string) command {
	c := command{label: label, ours: true, args: []string{o.bin, "-q", "-o", m.out, capture, sidecar}}
	c.args = append(c.args, more...)
	if m.keys != "" {
		c.args = append(c.args, "--keylog="+m.keys)
	}
	if capture == m.noCapture {
		c.bytes = size(sidecar)
	}
	return c
}

// jq finds the events that tell the order of requests; its MB/s are of the trace.
func jq(m *material) command {
	filter := `select(.ev == "WroteHeaders") | [.req, .conn, .seq]`
	return command{label: "jq, full trace", args: []string{"jq", "-c", filter, m.trace}, bytes: size(m.trace), once: true}
}

// scripted writes the streams that tshark tells as comments, with editcap.
func scripted(o *options, m *material) command {
	args := []string{o.scripted, m.capture, m.out}
	if m.keys != "" {
		args = append(args, m.keys)
	}
	return command{label: "tshark + editcap -a", args: args, once: true}
}

// tsharkFields is what one would begin with in place of h2annotate.
func tsharkFields(m *material) command {
	args := []string{"tshark", "-n", "-r", m.capture, "-T", "fields"}
	for _, field := range []string{"frame.number", "tcp.stream", "http2.streamid"} {
		args = append(args, "-e", field)
	}
	if m.keys != "" {
		args = append(args, "-o", "tls.keylog_file:"+m.keys)
	}
	return command{label: "tshark -T fields", args: args, once: true}
}

const nobody = 65534

// A sample is one run, as the kernel accounted for it.
type sample struct {
	Wall    float64 `json:"wall_s"`
	CPU     float64 `json:"cpu_s"`
	PeakMiB float64 `json:"peak_mib"`
}

func (c *command) run() (sample, error) {
	var stderr bytes.Buffer
	cmd := exec.Command(c.args[0], c.args[1:]...)
	cmd.Stderr = &stderr
	cmd.Env = append(os.Environ(), c.env...)
	if c.guest && os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	os.Remove(c.out)
	if err != nil {
		return sample{}, fmt.Errorf("%s: %v: %s", strings.Join(c.args, " "), err, stderr.String())
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return sample{
		Wall:    wall.Seconds(),
		CPU:     (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(),
		PeakMiB: float64(usage.Maxrss) / 1024,
	}, nil
}
