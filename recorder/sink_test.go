// SPDX-License-Identifier: MIT

package recorder

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A fullDisk takes some bytes and fails, until there is room again.
type fullDisk struct {
	room int
	bytes.Buffer
}

var errFull = errors.New("no space left on device")

func (d *fullDisk) Write(p []byte) (int, error) {
	if len(p) > d.room {
		n, _ := d.Buffer.Write(p[:d.room])
		d.room = 0
		return n, errFull
	}
	d.room -= len(p)
	return d.Buffer.Write(p)
}

// settle waits until a sink has nothing to write.
func settle(s *sink) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.writing {
		s.drained.Wait()
	}
}

func TestSinkLosesNothing(t *testing.T) {
	var out bytes.Buffer
	s := newSink(&out, nil)
	var wg sync.WaitGroup
	for i := 0; i < 8; i++ {
		i := i
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := 0; j < 500; j++ {
				s.add([]byte(fmt.Sprintf("%d %d\n", i, j)))
			}
		}()
	}
	wg.Wait()
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	next := make([]int, 8)
	for _, text := range strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n") {
		var i, j int
		if _, err := fmt.Sscanf(text, "%d %d", &i, &j); err != nil || j != next[i] {
			t.Fatalf("%q: %v, wanted %d", text, err, next[i])
		}
		next[i]++
	}
	s.add([]byte("late\n"))
	if strings.Contains(out.String(), "late") {
		t.Error("a line after close was written")
	}
}

func TestSinkWithFullDisk(t *testing.T) {
	told := make(chan error, 9)
	disk := &fullDisk{room: 6}
	s := newSink(disk, func(err error) { told <- err })
	for _, text := range []string{"one\n", "two\n", "three\n"} {
		s.add([]byte(text))
		settle(s)
	}
	disk.room = 100
	s.add([]byte("four\n"))
	if err := s.close(); err != errFull {
		t.Errorf("close: %v", err)
	}
	if got := disk.String(); got != "one\ntw\nfour\n" {
		t.Errorf("written: %q", got)
	}
	select {
	case err := <-told:
		if err != errFull {
			t.Error(err)
		}
	case <-time.After(soon):
		t.Fatal("nobody was told")
	}
	if len(told) != 0 {
		t.Error("told more than once")
	}
}

func TestSinkNeverWaits(t *testing.T) {
	g := newGate()
	s := newSink(g, nil)
	s.limit = 1000
	text := []byte("0123456789\n")
	for i := 0; i < s.limit; i++ {
		s.add(text) // would hang here
	}
	g.open()
	if err := s.close(); err != errOverrun {
		t.Errorf("close: %v", err)
	}
	if n := g.Len(); n == 0 || n > 2*s.limit || n%len(text) != 0 {
		t.Errorf("%d bytes written", n)
	}
}

func TestOpenIsPrivate(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "trace.json")
	rec, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := OpenKeyLog(filepath.Join(dir, "trace.keys"))
	if err != nil {
		t.Fatal(err)
	}
	keys.Write([]byte("CLIENT_RANDOM 00 11\n"))
	if err := rec.Close(); err != nil {
		t.Error(err)
	}
	if err := keys.Close(); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"trace.json", "trace.keys"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 || info.Size() == 0 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if _, err := Open(filepath.Join(dir, "no", "such")); err == nil {
		t.Error("opened a file in no directory")
	}
}
