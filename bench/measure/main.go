// SPDX-License-Identifier: MIT

// Command measure runs h2annotate and its peers in turn over folders of material and prints medians.
//
//	measure -bin h2annotate [flags] FOLDER...
//
// A round runs every command once on every folder, one after the other, so that a machine that
// gets slower or faster for a while does so for all of them. Ratios are taken within a round.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
)

type options struct {
	bin, scratch, scripted string
	wireshark              string
	rounds                 int
	json, slow, array      bool
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("measure: ")
	o := new(options)
	flag.StringVar(&o.bin, "bin", "", "the h2annotate to measure")
	flag.StringVar(&o.scratch, "scratch", os.TempDir(), "folder for outputs, removed after each run")
	flag.IntVar(&o.rounds, "rounds", 5, "counted rounds, after one that is not")
	flag.BoolVar(&o.json, "json", false, "print JSON, with every run")
	flag.BoolVar(&o.slow, "slow", false, "jq and tshark as well, in one round")
	flag.BoolVar(&o.array, "array", false, "array.json as well")
	flag.StringVar(&o.scripted, "scripted", "scripted", "bench/scripted")
	flag.StringVar(&o.wireshark, "wireshark", "", "measure tshark with the plugin: the folder that bench/run has made for it")
	flag.Parse()
	if o.bin == "" || flag.NArg() == 0 || o.rounds < 1 {
		log.Fatal("-bin, a round and a folder are wanted")
	}
	if err := measure(o, flag.Args()); err != nil {
		log.Fatal(err)
	}
}

func measure(o *options, folders []string) error {
	scratch, err := os.MkdirTemp(o.scratch, "h2annotate-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	var tables []*table
	for _, path := range folders {
		m, err := openMaterial(path, filepath.Join(scratch, filepath.Base(path)))
		if err != nil {
			return err
		}
		all, err := o.commands(m)
		if err != nil {
			return err
		}
		tables = append(tables, newTable(m, all))
	}
	for round := 0; round <= o.rounds; round++ {
		fmt.Fprintf(os.Stderr, "\rround %d of %d ", round, o.rounds)
		if err := runRound(tables, round); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "\r                    \r")
	return report(o, tables)
}

func (o *options) commands(m *material) ([]command, error) {
	if o.wireshark != "" {
		return pluginCommands(o, m)
	}
	return commands(o, m), nil
}

// runRound runs all commands once. Round 0 warms the page cache and is not counted.
func runRound(tables []*table, round int) error {
	for _, t := range tables {
		for _, row := range t.rows {
			if row.once && round != 1 {
				continue
			}
			s, err := row.command.run()
			if err != nil {
				return err
			}
			if round > 0 {
				row.samples = append(row.samples, s)
			}
		}
	}
	return nil
}

func report(o *options, tables []*table) error {
	about := describeMachine(o)
	if o.json {
		return writeJSON(os.Stdout, about, tables)
	}
	return writeText(os.Stdout, about, tables)
}
