// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"text/tabwriter"
)

// runs are the two ways h2annotate is asked: with all it knows, and with the order alone.
var runs = []struct {
	name, suffix string
	flags        []string
}{
	{"all", "", nil},
	{"order", "-order", []string{"--ignore-headers"}},
}

// checkAll prints one line a folder and run, then what is wrong. Its error counts the latter.
func checkAll(folders []folder, bin string, w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "capture\trun\tright\twrong\tmissed\tunverified\tmatched by\tmissed because")
	var troubles []string
	total := newVerdict()
	for _, f := range folders {
		for _, run := range runs {
			v, err := checkOne(f, bin, run.flags)
			if err != nil {
				troubles = append(troubles, fmt.Sprintf("%s: %v", f.name, err))
				continue
			}
			printRow(out, f.name, run.name, v)
			total.add(v)
			for _, trouble := range append(v.wrong, unexpected(f, v, run.suffix)...) {
				troubles = append(troubles, fmt.Sprintf("%s (%s): %s", f.name, run.name, trouble))
			}
		}
	}
	printRow(out, "total", "both", &total)
	out.Flush()
	for _, trouble := range troubles {
		fmt.Fprintln(w, trouble)
	}
	if len(troubles) > 0 {
		return fmt.Errorf("%d troubles", len(troubles))
	}
	return nil
}

func checkOne(f folder, bin string, flags []string) (*verdict, error) {
	v, r, err := claimsOf(f, bin, flags)
	if err != nil {
		return nil, err
	}
	clocks, err := readClocks(f)
	if err != nil {
		return nil, err
	}
	v.checkClocks(clocks, r)
	return v, nil
}

// claimsOf holds all that h2annotate says of a folder, but for the clocks, against the truth.
func claimsOf(f folder, bin string, flags []string) (*verdict, *report, error) {
	streams, err := f.readTruth()
	if err != nil {
		return nil, nil, err
	}
	attempts, err := readSidecars(f)
	if err != nil {
		return nil, nil, err
	}
	r, err := annotate(f, bin, flags...)
	if err != nil {
		return nil, nil, err
	}
	if f.translated {
		streams = withoutAddresses(attempts, streams)
	}
	return check(attempts, streams, r, f.lossy()), r, nil
}

func unexpected(f folder, v *verdict, suffix string) []string {
	e, err := readExpectation(f)
	if err != nil {
		return []string{err.Error()}
	}
	return e.compare(v, suffix)
}

func (v *verdict) add(other *verdict) {
	v.attempts += other.attempts
	for kind, n := range other.right {
		v.right[kind] += n
	}
	for reason, n := range other.missed {
		v.missed[reason] += n
	}
	for reason, n := range other.unmatched {
		v.unmatched[reason] += n
	}
	v.wrong = append(v.wrong, other.wrong...)
	v.halfWidths = append(v.halfWidths, other.halfWidths...)
	v.astray += other.astray
	v.unverified += other.unverified
}

func printRow(w io.Writer, name, run string, v *verdict) {
	fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%s\t%s\n", name, run, v.nRight(), len(v.wrong), v.nMissed(),
		v.unverified, counts(v.right), counts(v.missed))
}

// counts prints "a 3, b 1".
func counts(m map[string]int) string {
	var parts []string
	for name, n := range m {
		parts = append(parts, fmt.Sprint(name, " ", n))
	}
	sort.Strings(parts)
	return strings.Join(parts, ", ")
}
