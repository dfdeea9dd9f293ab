// SPDX-License-Identifier: MIT

//go:build linux

package recorder

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// visit does some requests through rec, as a program would.
func visit(t *testing.T, rec *Recorder) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "ok")
	}))
	defer server.Close()
	client := &http.Client{Transport: rec.Wrap(&http.Transport{}), Timeout: soon}
	for i := 0; i < 20; i++ {
		resp, err := client.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || string(body) != "ok" {
			t.Fatalf("%q, %v", body, err)
		}
	}
}

// told gives an OnError that counts, and how to ask whether it was called exactly once.
func told(t *testing.T, want error) (Option, func()) {
	errs := make(chan error, 99)
	return OnError(func(err error) { errs <- err }), func() {
		t.Helper()
		select {
		case err := <-errs:
			if !errors.Is(err, want) {
				t.Errorf("told %v, wanted %v", err, want)
			}
		case <-time.After(soon):
			t.Error("nobody was told")
		}
		if len(errs) != 0 {
			t.Error("told more than once")
		}
	}
}

func TestFullDisk(t *testing.T) {
	onError, once := told(t, syscall.ENOSPC)
	rec, err := Open("/dev/full", onError)
	if err != nil {
		t.Skip(err)
	}
	visit(t, rec)
	if err := rec.Close(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Close: %v", err)
	}
	once()
}

func TestFileSizeLimit(t *testing.T) {
	onError, once := told(t, syscall.EFBIG)
	rec, err := Open(filepath.Join(t.TempDir(), "trace.json"), onError)
	if err != nil {
		t.Fatal(err)
	}
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	limit := before
	limit.Cur = 1000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before)
	visit(t, rec)
	if err := rec.Close(); !errors.Is(err, syscall.EFBIG) {
		t.Errorf("Close: %v", err)
	}
	once()
}

func TestFileIsRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace.json")
	rec, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	visit(t, rec)
	if err := rec.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func TestFileIsClosed(t *testing.T) {
	onError, once := told(t, os.ErrClosed)
	rec, err := Open(filepath.Join(t.TempDir(), "trace.json"), onError)
	if err != nil {
		t.Fatal(err)
	}
	settle(rec.sink)
	rec.file.Close()
	visit(t, rec)
	if err := rec.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Close: %v", err)
	}
	once()
}

func mkfifo(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	return path
}

func TestPipeWithoutReader(t *testing.T) {
	path := mkfifo(t)
	if _, err := Open(path); !errors.Is(err, syscall.ENXIO) {
		t.Errorf("Open: %v", err)
	}
	if _, err := OpenKeyLog(path); !errors.Is(err, syscall.ENXIO) {
		t.Errorf("OpenKeyLog: %v", err)
	}
}

func TestPipeLosesReader(t *testing.T) {
	path := mkfifo(t)
	reader, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	onError, once := told(t, syscall.EPIPE)
	rec, err := Open(path, onError)
	if err != nil {
		t.Fatal(err)
	}
	reader.Close()
	visit(t, rec)
	if err := rec.Close(); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("Close: %v", err)
	}
	once()
}

// A pipe that is full and whose reader sleeps.
func TestPipeIsStuck(t *testing.T) {
	path := mkfifo(t)
	reader, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	onError, once := told(t, errStuck)
	rec, err := Open(path, onError)
	if err != nil {
		t.Fatal(err)
	}
	rec.sink.wait = 10 * time.Millisecond
	rec.sink.add(make([]byte, 1<<20))
	visit(t, rec)
	if err := rec.Close(); err != errStuck {
		t.Errorf("Close: %v", err)
	}
	once()
}
