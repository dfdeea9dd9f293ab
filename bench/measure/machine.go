// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// machine says where and with what was measured.
type machine struct {
	Date       string   `json:"date"`
	Processors int      `json:"processors"`
	Model      string   `json:"model"`
	MemoryGiB  int      `json:"memory_gib"`
	Kernel     string   `json:"kernel"`
	Load       string   `json:"load"` // the last 1, 5, 15 minutes
	Versions   []string `json:"versions"`
}

func describeMachine(o *options) machine {
	m := machine{
		Date:       time.Now().Format("2006-01-02"),
		Processors: runtime.NumCPU(),
		Model:      field("/proc/cpuinfo", "model name"),
		Kernel:     strings.TrimSpace(contents("/proc/sys/kernel/osrelease")),
		Load:       strings.Join(strings.Fields(contents("/proc/loadavg") + " ? ? ?")[:3], " "),
	}
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) == nil {
		m.MemoryGiB = int((uint64(info.Totalram)*uint64(info.Unit) + 1<<29) >> 30)
	}
	tools := []string{o.bin, "editcap", "capinfos", "cp"}
	if o.slow {
		tools = append(tools, "jq")
	}
	if o.slow || o.wireshark != "" {
		tools = append(tools, "tshark")
	}
	for _, tool := range tools {
		m.Versions = append(m.Versions, version(tool))
	}
	return m
}

func contents(path string) string {
	b, _ := os.ReadFile(path) // what is not there is not said
	return string(b)
}

// field is the value of the first "name : value" line.
func field(path, name string) string {
	for _, line := range strings.Split(contents(path), "\n") {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "?"
}

func version(tool string) string {
	out, err := exec.Command(tool, "--version").Output()
	if err != nil {
		return tool + ": " + err.Error()
	}
	first, _, _ := strings.Cut(string(out), "\n")
	return first
}
