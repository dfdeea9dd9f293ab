// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path"
	"sort"
	"strings"
	"time"
)

// A kind is a line of the proof's tables: captures that have something in common, by the patterns that
// their names fit.
type kind struct {
	what  string
	names []string
}

// formats: each capture belongs to the first that fits. What fits none has the recorder's lines.
var formats = []kind{
	{"recorder, compact", []string{"compact*"}},
	{"slog text", []string{"log-slogtext*"}},
	{"klog", []string{"log-klog*"}},
	{"logfmt", []string{"log-logfmt*"}},
	{"`log.Printf`, no ids", []string{"log-printf*"}},
	{"slog JSON", []string{"log-slog*"}},
	{"slog JSON in Docker's json-file", []string{"log-docker*"}},
	{"zap JSON", []string{"log-zap*"}},
	{"zerolog JSON, whole seconds", []string{"log-zerolog*"}},
	{"logrus JSON, whole seconds", []string{"log-logrus*"}},
	{"OTLP/JSON", []string{"otel-otlp*"}},
	{"Jaeger JSON", []string{"otel-jaeger*"}},
	{"stdouttrace, OTLP/JSON and Jaeger JSON of one run", []string{"otel"}},
	{"OpenTelemetry stdouttrace", []string{"otel-*"}},
	{"`http2debug=1`", []string{"debuglog-level1", "debuglog-nginx-level1"}},
	{"`http2debug=2` and recorder", []string{"debuglog-both", "debuglog-late-h2c"}},
	{"`http2debug=2`", []string{"debuglog-*"}},
	{"recorder", nil},
}

// circumstances: a capture may be in several, or in none.
var circumstances = []kind{
	{"service address, masquerade", []string{"nat-service*", "nat-masquerade"}},
	{"mesh (REDIRECT), TCP proxy", []string{"nat-mesh*", "nat-redirect", "nat-both-sides"}},
	{"CONNECT, Unix socket", []string{"nat-connect", "nat-unix"}},
	{"IPv6, zones", []string{"ipv6", "nat-zone*", "happy-eyeballs"}},
	{"client's and server's side of one run", []string{"sides-*"}},
	{"delay both ways", []string{"far-server", "clock-far", "goaway-retried-crossing*", "idle-close-race*"}},
	{"delay that differs by direction", []string{"sides-*", "far-uneven"}},
	{"packets reordered, lost, repeated", []string{"reorder", "retransmit", "healthy-retransmit", "server-slow-lossy"}},
	{"clock shifted", []string{"clock-hosts", "clock-drift-3h", "port-reuse-clock3h", "clock-far"}},
	{"clock drifting", []string{"clock-drift*", "clock-far"}},
	{"clock set while running", []string{"clock-step*", "clock-far"}},
	{"capture begins late", []string{"late-start*", "debuglog-late-*"}},
	{"packets missing in the capture", []string{"loss-*", "snaplen", "dead-connection-reused-unseen"}},
	{"ring of files", []string{"ring-*"}},
	{"several interfaces, cooked, VLAN", []string{"any*", "two-interfaces", "vlan"}},
	{"TLS keys lost", []string{"no-keys", "tcp-reset-no-keys"}},
	{"4-tuples recur", []string{"port-reuse*"}},
	{"no header is unique", []string{"*same-id", "debuglog-late-h2c"}},
	{"trace lacks requests", []string{"partial-*", "untraced-connection"}},
	{"several processes or hosts", []string{"two-processes", "clock-hosts", "late-start", "h2-not-offered-mixed"}},
	{"requests sent again", []string{"nginx-goaway*", "goaway-re*", "refused-*", "nghttpd", "compact", "log-slog"}},
}

func (k kind) fits(name string) bool {
	for _, pattern := range k.names {
		if ok, err := path.Match(pattern, name); ok && err == nil {
			return true
		}
	}
	return k.names == nil
}

// formatOf returns the place of a folder's format in the table.
func formatOf(f folder) (int, error) {
	for i, k := range formats {
		if !k.fits(f.name) {
			continue
		}
		if k.names == nil && !f.recorded() {
			break
		}
		return i, nil
	}
	return 0, fmt.Errorf("%s: which format its sidecar has is not in the table of proof.go", f.name)
}

// recorded: the sidecars are our recorder's.
func (f folder) recorded() bool { return f.attempts == "" && len(f.logs) == 0 }

// A row sums up what was found in some captures.
type row struct {
	what     string
	captures int
	verdict
}

func newRows(kinds []kind) []row {
	rows := make([]row, len(kinds))
	for i, k := range kinds {
		rows[i] = row{what: k.what, verdict: newVerdict()}
	}
	return rows
}

func (r *row) take(v *verdict) {
	r.captures++
	r.verdict.add(v)
}

const proofHead = `| %s | captures | attempts | matched, by | wrong | not matched, because | of these on the wire | not to be checked | intervals | without the truth | half width: median, largest |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
`

func (r *row) print(w io.Writer) {
	fmt.Fprintf(w, "| %s | %d | %d | %s | %d | %s | %d | %d | %d | %d | %s |\n", r.what, r.captures, r.attempts,
		counts(r.right), len(r.wrong)-r.astray, counts(r.unmatched), r.nMissed(), r.unverified, len(r.halfWidths), r.astray,
		spread(r.halfWidths))
}

// spread prints the median and the largest.
func spread(all []time.Duration) string {
	if len(all) == 0 {
		return "-"
	}
	sorted := append([]time.Duration(nil), all...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i] < sorted[j] })
	return fmt.Sprintf("%v, %v", rounded(sorted[len(sorted)/2]), rounded(sorted[len(sorted)-1]))
}

func rounded(d time.Duration) time.Duration {
	switch {
	case d > time.Second:
		return d.Round(10 * time.Millisecond)
	case d > time.Millisecond:
		return d.Round(10 * time.Microsecond)
	}
	return d.Round(time.Microsecond)
}

// prove runs h2annotate on all folders and returns the two tables. What is wrong is an error; what is
// missed, is for checkAll.
func prove(folders []folder, bin string) ([]byte, error) {
	byFormat, byCircumstance := newRows(formats), newRows(circumstances)
	all := row{what: "all", verdict: newVerdict()}
	for _, f := range folders {
		format, err := formatOf(f)
		if err != nil {
			return nil, err
		}
		v, err := checkOne(f, bin, nil)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		all.take(v)
		byFormat[format].take(v)
		for i, k := range circumstances {
			if k.fits(f.name) {
				byCircumstance[i].take(v)
			}
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, proofHead, "sidecar")
	for _, r := range append(byFormat, all) {
		r.print(&b)
	}
	fmt.Fprintf(&b, "\n"+proofHead, "circumstance")
	for _, r := range byCircumstance {
		r.print(&b)
	}
	if len(all.wrong) > 0 {
		return nil, fmt.Errorf("wrong: %s", strings.Join(all.wrong, "\n"))
	}
	return b.Bytes(), nil
}

// The tables stand in a page between these.
const tablesBegin, tablesEnd = "<!-- made by tests/oracle -->\n", "<!-- end -->\n"

// proofPage returns what the page is, and what it should be.
func proofPage(path string, tables []byte) (found, wanted []byte, err error) {
	found, err = os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	before, rest, begins := bytes.Cut(found, []byte(tablesBegin))
	_, after, ends := bytes.Cut(rest, []byte(tablesEnd))
	if !begins || !ends {
		return nil, nil, fmt.Errorf("%s: no %q, or no %q after it", path, tablesBegin, tablesEnd)
	}
	parts := [][]byte{before, []byte(tablesBegin), tables, []byte(tablesEnd), after}
	return found, bytes.Join(parts, nil), nil
}

func makeProof(folders []folder, bin, path string) error {
	tables, err := prove(folders, bin)
	if err != nil {
		return err
	}
	_, wanted, err := proofPage(path, tables)
	if err != nil {
		return err
	}
	return os.WriteFile(path, wanted, 0o644)
}

func checkProof(folders []folder, bin, path string) error {
	tables, err := prove(folders, bin)
	if err != nil {
		return err
	}
	found, wanted, err := proofPage(path, tables)
	if err == nil && !bytes.Equal(found, wanted) {
		err = fmt.Errorf("%s has other tables; -make-proof %s writes these:\n%s", path, path, tables)
	}
	return err
}
