// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"path/filepath"
)

// ways are what tshark is asked to do; the last two are compared to the one named.
var ways = []struct {
	label string
	args  []string
	base  string
}{
	{label: "tshark"},
	{label: "-Y http2.streamid==1", args: []string{"-Y", "http2.streamid==1"}},
	{label: "-T fields -e http2.streamid", args: []string{"-T", "fields", "-e", "http2.streamid"}},
	{label: "-T fields -e http2.streamid -e httptrace.req", base: "-T fields -e http2.streamid",
		args: []string{"-T", "fields", "-e", "http2.streamid", "-e", "httptrace.req"}},
	{label: "--color", args: []string{"--color"}},
	{label: "--color -C httptrace", args: []string{"--color", "-C", "httptrace"}},
	{label: "-2", args: []string{"-2"}},
	{label: "-2 -C httptrace --color", args: []string{"-2", "-C", "httptrace", "--color"}},
	{label: "-c 1 -T fields -e frame.number", args: []string{"-c", "1", "-T", "fields", "-e", "frame.number"}},
	{label: "-c 1 -T fields -e httptrace.req", base: "-c 1 -T fields -e frame.number",
		args: []string{"-c", "1", "-T", "fields", "-e", "httptrace.req"}},
}

// pluginCommands are tshark without the plugin, with it and the trace beside the capture, and with it but no trace. The
// difference of the last two rows, which look at one packet, is the reading of the trace.
func pluginCommands(o *options, m *material) ([]command, error) {
	traced, err := besideTrace(m)
	if err != nil {
		return nil, err
	}
	var all []command
	for _, way := range ways {
		off := way.base
		if off == "" {
			off = way.label
			all = append(all, tshark(o, m, off, "none", m.capture, way.args))
		}
		on := tshark(o, m, way.label+", plugin", "plugins", traced, way.args)
		on.base = off
		all = append(all, on)
	}
	bare := tshark(o, m, ways[0].label+", plugin, no trace", "plugins", m.capture, nil)
	bare.base = ways[0].label
	return append(all, bare), nil
}

func tshark(o *options, m *material, label, plugins, capture string, args []string) command {
	home := filepath.Join(o.wireshark, "home")
	c := command{label: label, base: label, guest: true, out: m.out, bytes: size(m.capture),
		args: append([]string{"tshark", "-n", "-r", capture}, args...),
		env: []string{"HOME=" + home, "WIRESHARK_EXTCAP_DIR=" + home,
			"WIRESHARK_PLUGIN_DIR=" + filepath.Join(o.wireshark, plugins)}}
	if m.keys != "" {
		c.args = append(c.args, "-o", "tls.keylog_file:"+m.keys)
	}
	return c
}

// besideTrace is the capture under a name by which the plugin finds its trace. Everybody may read them then: root loads no
// plugins of its own.
func besideTrace(m *material) (string, error) {
	folder := filepath.Dir(m.out)
	capture := filepath.Join(folder, "traced.pcapng")
	if err := os.Link(m.capture, capture); err != nil {
		return "", err
	}
	if err := os.Link(m.trace, filepath.Join(folder, "traced.trace.json")); err != nil {
		return "", err
	}
	for _, path := range []string{m.capture, m.trace, m.keys} {
		if path == "" {
			continue
		}
		if err := os.Chmod(path, 0o644); err != nil {
			return "", err
		}
	}
	for _, path := range []string{folder, filepath.Dir(folder)} {
		if err := os.Chmod(path, 0o755); err != nil {
			return "", err
		}
	}
	return capture, nil
}
