// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
)

// material is one folder made by bench/material, and two small files that let one half of
// h2annotate's work run without the other.
type material struct {
	name                    string
	capture, trace, compact string
	keys                    string // "" in clear text
	array                   string // a JSON array of the full trace's events, several times; may be missing
	noCapture, noTrace      string
	out                     string
}

// openMaterial makes the small files in the folder scratch, where outputs go as well.
func openMaterial(path, scratch string) (*material, error) {
	if err := os.Mkdir(scratch, 0o700); err != nil {
		return nil, err
	}
	m := &material{
		name:      filepath.Base(path),
		capture:   filepath.Join(path, "capture.pcapng"),
		trace:     filepath.Join(path, "trace.json"),
		compact:   filepath.Join(path, "compact.json"),
		array:     filepath.Join(path, "array.json"),
		noCapture: filepath.Join(scratch, "none.pcapng"),
		noTrace:   filepath.Join(scratch, "none.json"),
		out:       filepath.Join(scratch, "out"),
	}
	if keys := filepath.Join(path, "keys.log"); size(keys) > 0 {
		m.keys = keys
	}
	if err := copyHead(m.compact, m.noTrace, firstLine); err != nil {
		return nil, err
	}
	return m, copyHead(m.capture, m.noCapture, firstBlock)
}

// size is 0 where there is no file.
func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// copyHead writes the part of a file that head takes.
func copyHead(from, to string, head func(*bufio.Reader) ([]byte, error)) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	bytes, err := head(bufio.NewReader(f))
	if err != nil {
		return err
	}
	return os.WriteFile(to, bytes, 0o600)
}

// firstLine of a trace only says what recorded it.
func firstLine(r *bufio.Reader) ([]byte, error) { return r.ReadBytes('\n') }

// firstBlock of a capture is its section header, little-endian as dumpcap writes it here.
func firstBlock(r *bufio.Reader) ([]byte, error) {
	head, err := r.Peek(8)
	if err != nil {
		return nil, err
	}
	block := make([]byte, binary.LittleEndian.Uint16(head[4:]))
	_, err = io.ReadFull(r, block)
	return block, err
}
