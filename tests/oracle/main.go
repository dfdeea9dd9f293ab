// SPDX-License-Identifier: MIT

// Command oracle holds what h2annotate says against what tshark sees.
//
//	oracle -bin h2annotate [NAME...]   checks every claim, with identity headers and without
//	oracle -make-truth [NAME...]       asks tshark and writes truth.tsv into the folders
//	oracle -check-truth [NAME...]      asks tshark and compares with the truth.tsv that is there
//	oracle -sidecars [NAME...]         what of the sidecars the truth knows; needs no h2annotate
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
	makeTruth := flag.Bool("make-truth", false, "write truth.tsv")
	checkTruth := flag.Bool("check-truth", false, "compare truth.tsv with tshark")
	sidecars := flag.Bool("sidecars", false, "compare sidecars with truth.tsv")
	flag.Parse()

	folders, err := openFolders(*testdata, flag.Args())
	switch {
	case err != nil:
	case *makeTruth:
		err = each(folders, runtime.NumCPU(), makeTruthOf)
	case *checkTruth:
		err = each(folders, runtime.NumCPU(), checkTruthOf)
	case *sidecars:
		err = each(folders, 1, showSidecars)
	case *bin != "":
		err = checkAll(folders, *bin, os.Stdout)
	default:
		err = errors.New("one of -bin, -make-truth, -check-truth, -sidecars is wanted")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}

// each does the job in all folders, so many at a time, and returns how many of them failed as an
// error.
func each(folders []folder, atATime int, job func(folder) error) error {
	var failed atomic.Int32
	var jobs sync.WaitGroup
	free := make(chan struct{}, atATime)
	for _, f := range folders {
		jobs.Add(1)
		free <- struct{}{}
		go func(f folder) {
			defer jobs.Done()
			if err := job(f); err != nil {
				fmt.Fprintln(os.Stderr, f.name+":", err)
				failed.Add(1)
			}
			<-free
		}(f)
	}
	jobs.Wait()
	if n := failed.Load(); n > 0 {
		return fmt.Errorf("%d of %d folders failed", n, len(folders))
	}
	return nil
}
