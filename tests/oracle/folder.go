// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A folder is one capture of testdata with all that belongs to it.
type folder struct {
	name, path string
	captures   []string // several: one in the files of a ring, in their order
	sidecars   []string
	logs       []string // of GODEBUG=http2debug
	keys       string   // "" where nothing can be decrypted
	attempts   string   // the truth about the sidecars, "": they are the recorder's and tell it
	translated bool     // the capture has other addresses than the sidecars
}

func (f folder) String() string { return f.name }

// openFolders opens the named folders, or all that hold a capture.
func openFolders(testdata string, names []string) ([]folder, error) {
	if len(names) == 0 {
		all, err := os.ReadDir(testdata)
		if err != nil {
			return nil, err
		}
		for _, entry := range all {
			if len(capturesIn(filepath.Join(testdata, entry.Name()))) > 0 {
				names = append(names, entry.Name())
			}
		}
	}
	var folders []folder
	for _, name := range names {
		f, err := openFolder(name, filepath.Join(testdata, name))
		if err != nil {
			return nil, err
		}
		folders = append(folders, f)
	}
	if len(folders) == 0 {
		return nil, fmt.Errorf("no captures in %s", testdata)
	}
	return folders, nil
}

func openFolder(name, path string) (folder, error) {
	f := folder{name: name, path: path}
	f.captures = capturesIn(path)
	if len(f.captures) == 0 {
		return f, fmt.Errorf("%s: no capture", path)
	}
	f.sidecars, _ = filepath.Glob(filepath.Join(path, "trace*.json"))
	f.logs, _ = filepath.Glob(filepath.Join(path, "trace*.log"))
	if len(f.sidecars)+len(f.logs) == 0 {
		return f, fmt.Errorf("%s: no sidecar", path)
	}
	if keys := filepath.Join(path, "keys.log"); exists(keys) {
		f.keys = keys
	}
	if attempts := filepath.Join(path, "attempts.tsv"); exists(attempts) {
		f.attempts = attempts
	}
	f.translated = exists(filepath.Join(path, "translated"))
	return f, nil
}

// capturesIn returns the capture, or the files of a ring.
func capturesIn(folder string) []string {
	one, _ := filepath.Glob(filepath.Join(folder, "capture.*"))
	ring, _ := filepath.Glob(filepath.Join(folder, "ring*"))
	return append(one, ring...)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// priorKnowledge: clear-text HTTP/2, which tshark must be told where the preface is not captured.
func (f folder) priorKnowledge() bool { return strings.Contains(f.name, "h2c") }

// lossy: the capture lacks packets. Told to put packets in order, tshark would wait for them until
// the end.
func (f folder) lossy() bool { return strings.HasPrefix(f.name, "loss") }
