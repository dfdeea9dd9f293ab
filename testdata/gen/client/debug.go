// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"io"
	"log"
	"os"
)

// A debugLog says where package log writes to, and how: with GODEBUG=http2debug=1 or 2, that is
// where net/http's HTTP/2 writes to.
type debugLog struct {
	path, form string
}

// begin turns package log to the file. Without a path nothing changes.
func (d *debugLog) begin() (io.Closer, error) {
	if d.path == "" {
		return io.NopCloser(nil), nil
	}
	out, err := os.Create(d.path)
	if err != nil {
		return nil, err
	}
	switch d.form {
	case "std":
		log.SetFlags(log.LstdFlags)
	case "micro":
		log.SetFlags(log.LstdFlags | log.Lmicroseconds)
	case "short": // as in many programs: file and line, and a prefix behind them
		log.SetFlags(log.LstdFlags | log.Lmicroseconds | log.Lshortfile | log.Lmsgprefix)
		log.SetPrefix("[shop] ")
	case "bare":
		log.SetFlags(0)
	default:
		return out, toSlog(d.form, out)
	}
	log.SetOutput(out)
	return out, nil
}

func unknownForm(form string) error { return fmt.Errorf("no form of log %q", form) }
