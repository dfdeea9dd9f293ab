// SPDX-License-Identifier: MIT

package recorder

import (
	"io"
	"net/http"
	"sync/atomic"
)

// A body watches the program read a response and records how that ends.
type body struct {
	io.ReadCloser
	request *request
	read    atomic.Int64
	ended   atomic.Bool
}

// A bodyWriterTo is a body whose original knows a faster way than Read.
type bodyWriterTo struct {
	*body
	original io.WriterTo
}

// isTunnel says whether the program takes over the connection. Then there is no body to end, and
// the type of resp.Body matters.
func isTunnel(resp *http.Response) bool {
	_, writes := resp.Body.(io.Writer)
	return writes
}

// watchBody puts a body of ours in the place of a response's. Where there is nothing to read it
// records the end at once and leaves the body alone.
func (q *request) watchBody(resp *http.Response) {
	b := &body{ReadCloser: resp.Body, request: q}
	if q.isHead || resp.ContentLength == 0 || resp.Body == nil || resp.Body == http.NoBody {
		b.end(nil, false)
		return
	}
	resp.Body = b
	if original, ok := b.ReadCloser.(io.WriterTo); ok {
		resp.Body = bodyWriterTo{b, original}
	}
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.read.Add(int64(n))
	if err != nil {
		b.end(err, false)
	}
	return n, err
}

func (b *body) Close() error {
	b.end(nil, true)
	return b.ReadCloser.Close()
}

func (b bodyWriterTo) WriteTo(w io.Writer) (int64, error) {
	n, err := b.original.WriteTo(w)
	b.read.Add(n)
	b.end(err, false)
	return n, err
}

// end records the first end there is: of the data, an error, or Close before either.
func (b *body) end(err error, closed bool) {
	if b.ended.Swap(true) {
		return
	}
	e := event{kind: bodyDone, at: now(), err: err}
	if err == io.EOF {
		e.err = nil
	}
	e.fields = newLine().int("bytes", b.read.Load())
	if closed {
		e.fields = e.fields.bool("closed_early", true)
	}
	b.request.record(e)
}
