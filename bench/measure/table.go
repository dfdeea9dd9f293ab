// SPDX-License-Identifier: MIT

package main

import "sort"

// A table holds the rows of one folder of material.
type table struct {
	material *material
	rows     []*row
}

type row struct {
	command
	to      *row     // that ratios are taken to
	samples []sample // by round; one only where the command is run once
}

func newTable(m *material, commands []command) *table {
	t := &table{material: m}
	named := map[string]*row{}
	for _, c := range commands {
		named[c.label] = &row{command: c}
		t.rows = append(t.rows, named[c.label])
	}
	for _, r := range t.rows {
		r.to = named[r.base]
	}
	return t
}

// against is what a table's ratios are about.
func (r *row) against() string {
	if r.guest {
		return "plugin off"
	}
	return r.base
}

func (r *row) wall() spread { return r.spread(func(s sample) float64 { return s.Wall }) }
func (r *row) cpu() spread  { return r.spread(func(s sample) float64 { return s.CPU }) }

// peak is the largest of all runs.
func (r *row) peak() float64 {
	return r.spread(func(s sample) float64 { return s.PeakMiB }).Max
}

func (r *row) spread(of func(sample) float64) spread {
	var values []float64
	for _, s := range r.samples {
		values = append(values, of(s))
	}
	return spreadOf(values)
}

// ratio is the spread of r's wall time over another row's of the same round.
func (r *row) ratio(to *row) spread {
	var values []float64
	for i := range r.samples {
		values = append(values, r.samples[i].Wall/to.samples[i].Wall)
	}
	return spreadOf(values)
}

// rate is MB/s at the median.
func (r *row) rate() float64 { return float64(r.bytes) / 1e6 / r.wall().Median }

type spread struct {
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	Max    float64 `json:"max"`
}

func spreadOf(values []float64) spread {
	sort.Float64s(values)
	n := len(values)
	return spread{values[0], (values[(n-1)/2] + values[n/2]) / 2, values[n-1]}
}
