// SPDX-License-Identifier: MIT

// Command oracle holds what h2annotate says against what tshark sees.
//
//	oracle -bin h2annotate [NAME...]   checks every claim, with identity headers and without
//	oracle -bin h2annotate -make-proof docs/proof.md    writes what comes of it into that page
//	oracle -bin h2annotate -check-proof docs/proof.md   compares
//	oracle -bin h2annotate -clocks N [-seed N] [NAME...]   the same captures, and random clocks
//	oracle -make-truth [NAME...]       asks tshark and writes truth.tsv into the folders
//	oracle -check-truth [NAME...]      asks tshark and compares with the truth.tsv that is there
//	oracle -sidecars [NAME...]         what of the sidecars the truth knows; needs no h2annotate
//	oracle -shift "-by 3h -drift 40"   standard input is a sidecar; out comes what such a clock writes
//
// The names are folders of testdata, none means all. Exit status 1: something claimed is wrong, or
// something that could be matched was not and the folder's file `expect` does not allow it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
)

func main() {
	testdata := flag.String("testdata", "testdata", "the folder of folders")
	bin := flag.String("bin", "", "the h2annotate to check")
	makePage := flag.String("make-proof", "", "write the tables into this page")
	checkPage := flag.String("check-proof", "", "compare them with this page")
	clocks := flag.Int("clocks", 0, "so many random clocks")
	seed := flag.Int64("seed", 1, "of the first of them")
	makeTruth := flag.Bool("make-truth", false, "write truth.tsv")
	checkTruth := flag.Bool("check-truth", false, "compare truth.tsv with tshark")
	sidecars := flag.Bool("sidecars", false, "compare sidecars with truth.tsv")
	shift := flag.String("shift", "", "make the clock of a sidecar wrong, in the words of a file `clock`")
	flag.Parse()

	folders, err := openFolders(*testdata, flag.Args())
	switch {
	case *shift != "":
		err = shiftInput(*shift, os.Stdin, os.Stdout)
	case err != nil:
	case *makeTruth:
		err = each(folders, runtime.NumCPU(), makeTruthOf)
	case *checkTruth:
		err = each(folders, runtime.NumCPU(), checkTruthOf)
	case *sidecars:
		err = each(folders, 1, showSidecars)
	case *bin == "":
		err = errors.New("one of -bin, -make-truth, -check-truth, -sidecars, -shift is wanted")
	case *makePage != "":
		err = makeProof(folders, *bin, *makePage)
	case *checkPage != "":
		err = checkProof(folders, *bin, *checkPage)
	case *clocks > 0:
		err = tryClocks(folders, *bin, *clocks, *seed, os.Stdout)
	default:
		err = checkAll(folders, *bin, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}

// each does the job for all, so many at a time, and returns how many of them failed as an error.
func each[T any](all []T, atATime int, job func(T) error) error {
	var failed atomic.Int32
	var jobs sync.WaitGroup
	free := make(chan struct{}, atATime)
	for _, one := range all {
		jobs.Add(1)
		free <- struct{}{}
		go func(one T) {
			defer jobs.Done()
			if err := job(one); err != nil {
				fmt.Fprintf(os.Stderr, "%v: %v\n", one, err)
				failed.Add(1)
			}
			<-free
		}(one)
	}
	jobs.Wait()
	if n := failed.Load(); n > 0 {
		return fmt.Errorf("%d of %d failed", n, len(all))
	}
	return nil
}
