// SPDX-License-Identifier: MIT

package recorder

import (
	"io"
	"os"
	"runtime"
	"strings"
)

// schema names the format of the file, see docs/trace-format.md.
const schema = "h2annotate-trace/1"

// A Recorder writes what happens to the requests it is shown. All its methods may be called from
// several goroutines. It never makes the program fail or wait: what cannot be written is dropped,
// see [OnError] and [Recorder.Close].
type Recorder struct {
	sink    *sink
	file    io.Closer // nil: the writer is not ours
	folder  *folder   // nil: full mode
	conns   connTable
	query   bool
	headers map[string]bool // lower case
	onError func(error)
}

// An Option changes what a Recorder writes.
type Option func(*Recorder)

// Compact writes one line for each attempt in place of one for each hook. It is meant for programs
// that run for long. All milestones are kept; the names of the header fields get lost.
func Compact() Option {
	return func(r *Recorder) { r.folder = newFolder(r) }
}

// Headers also writes the values of these request header fields. Think of who will read the file.
func Headers(names ...string) Option {
	return func(r *Recorder) {
		for _, name := range names {
			r.headers[strings.ToLower(name)] = true
		}
	}
}

// WithQuery also writes the query of URLs.
func WithQuery() Option {
	return func(r *Recorder) { r.query = true }
}

// OnError calls f, once and in a goroutine of its own, when a line could not be written. The
// recorder goes on trying with the lines that follow.
func OnError(f func(error)) Option {
	return func(r *Recorder) { r.onError = f }
}

// Open creates the file, for the user's eyes only, or empties it, and records into it. Each process
// needs a file of its own. A named pipe that nobody reads is an error.
func Open(path string, opts ...Option) (*Recorder, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|os.O_APPEND|nonBlock, 0o600)
	if err != nil {
		return nil, err
	}
	r := New(f, opts...)
	r.file = f
	return r, nil
}

// New records into w. One goroutine at a time calls w.Write, each time with one or more whole
// lines.
func New(w io.Writer, opts ...Option) *Recorder {
	r := &Recorder{headers: map[string]bool{"traceparent": true, "x-request-id": true}}
	for _, opt := range opts {
		opt(r)
	}
	r.sink = newSink(w, r.onError)
	r.writeMeta()
	return r
}

// Close writes what is still open and waits for the writer; for one that is stuck, 10 seconds. It
// returns the first error of the whole recording. Requests may go on, unrecorded.
func (r *Recorder) Close() error {
	if r.folder != nil {
		r.folder.close()
	}
	err := r.sink.close()
	if r.file == nil {
		return err
	}
	if cerr := r.file.Close(); err == nil {
		err = cerr
	}
	return err
}

func (r *Recorder) writeMeta() {
	mode := "full"
	if r.folder != nil {
		mode = "compact"
	}
	host, _ := os.Hostname() // an empty name is as good as no name
	r.write(event{kind: meta, at: now(), fields: newLine().
		str("schema", schema).
		str("go", runtime.Version()).
		str("host", host).
		str("godebug", os.Getenv("GODEBUG")).
		str("mode", mode).
		time("start", process.start)})
}

// record writes an event now, or folds it into the line of its attempt.
func (r *Recorder) record(e event) {
	if r.folder != nil && e.kind.isMilestone() {
		r.folder.fold(e)
		return
	}
	r.write(e)
}
