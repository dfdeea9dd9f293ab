// SPDX-License-Identifier: MIT

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// writeText prints Markdown, as it stands in docs/performance.md.
func writeText(w io.Writer, about machine, tables []*table) error {
	fmt.Fprintf(w, "%s; %d processors (%s), %d GiB; Linux %s; load %s at the end\n",
		about.Date, about.Processors, about.Model, about.MemoryGiB, about.Kernel, about.Load)
	for _, v := range about.Versions {
		fmt.Fprintln(w, v)
	}
	for _, t := range tables {
		fmt.Fprintf(w, "\n%s: capture %.1f MB, full trace %.1f MB, compact trace %.1f MB\n\n", t.material.name,
			megabytes(t.material.capture), megabytes(t.material.trace), megabytes(t.material.compact))
		writeRows(w, t)
	}
	writeTLS(w, tables)
	return nil
}

// writeTLS compares folders that differ in nothing but TLS.
func writeTLS(w io.Writer, tables []*table) {
	named := map[string]*table{}
	for _, t := range tables {
		named[t.material.name] = t
	}
	for _, t := range tables {
		clear := named["clear-"+strings.TrimPrefix(t.material.name, "tls-")]
		if clear == nil || clear == t {
			continue
		}
		fmt.Fprintf(w, "\n%s over %s:", t.material.name, clear.material.name)
		for i, r := range t.rows {
			if !r.once && r.ours {
				ratio := r.ratio(clear.rows[i])
				fmt.Fprintf(w, " %s %.2f;", r.label, ratio.Median)
			}
		}
		fmt.Fprintln(w)
	}
}

func megabytes(path string) float64 { return float64(size(path)) / 1e6 }

func writeRows(w io.Writer, t *table) {
	fmt.Fprintf(w, "| command | wall s | × %s (min–max) | CPU s | MB/s | peak MiB |\n", t.rows[0].against())
	fmt.Fprintln(w, "| --- | ---: | ---: | ---: | ---: | ---: |")
	for _, r := range t.rows {
		ratio := r.ratio(r.to)
		fmt.Fprintf(w, "| %s | %.2f | %.2f (%.2f–%.2f) | %.2f | %.0f | %.0f |\n", r.label,
			r.wall().Median, ratio.Median, ratio.Min, ratio.Max, r.cpu().Median, r.rate(), r.peak())
	}
}

type jsonRow struct {
	Material string   `json:"material"`
	Command  string   `json:"command"`
	Args     []string `json:"args"`
	Bytes    int64    `json:"bytes"`
	Wall     spread   `json:"wall_s"`
	CPU      spread   `json:"cpu_s"`
	Base     string   `json:"base"`
	Ratio    spread   `json:"ratio"`
	Rate     float64  `json:"mb_per_s"`
	PeakMiB  float64  `json:"peak_mib"`
	Runs     []sample `json:"runs"`
}

func writeJSON(w io.Writer, about machine, tables []*table) error {
	all := struct {
		Machine machine   `json:"machine"`
		Rows    []jsonRow `json:"rows"`
	}{Machine: about}
	for _, t := range tables {
		for _, r := range t.rows {
			all.Rows = append(all.Rows, jsonRow{t.material.name, r.label, r.args, r.bytes, r.wall(), r.cpu(),
				r.base, r.ratio(r.to), r.rate(), r.peak(), r.samples})
		}
	}
	out := json.NewEncoder(w)
	out.SetIndent("", " ")
	return out.Encode(all)
}
