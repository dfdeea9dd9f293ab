// SPDX-License-Identifier: MIT

// Package recorder writes down what a program's HTTP client does, one JSON object a line, so that
// h2annotate can lay it beside a packet capture.
//
// Every hook of [net/http/httptrace] becomes a line, and so do the ends that httptrace has no hook
// for: the return of RoundTrip and the end of the response body. The format is described in
// docs/trace-format.md of this project.
//
// # Use
//
// Open a recorder, wrap the transport, close the recorder before the program ends:
//
//	rec, err := recorder.Open("trace.json")
//	if err != nil {
//		log.Fatal(err)
//	}
//	defer rec.Close()
//	client := &http.Client{Transport: rec.Wrap(http.DefaultTransport)}
//
// Where the transport is out of reach, [Recorder.Trace] does the same for one request.
// [Recorder.DialContext] adds the one thing httptrace never tells, which connection a dial became,
// and [OpenKeyLog] opens the TLS key log that lets the capture be decrypted.
//
// # What is not changed
//
// Errors, retries, redirects, cookies, cancellation and the transport's choice of connection stay
// as they are. Requests are not modified, connections are not wrapped, a ClientTrace that is
// already in the context still fires. Three things can be noticed:
//
//   - A response body is wrapped, so its concrete type is another. http.NoBody and the body of a
//     101 response, which is also an io.Writer, are handed on untouched.
//   - An http.Client with a Timeout that meets any RoundTripper but the standard one, ours or
//     another, sets Request.Cancel beside the context's deadline. Which of the two comes first
//     decides whether the error reads "net/http: request canceled (Client.Timeout exceeded while
//     awaiting headers)" or "context deadline exceeded". It is a timeout either way. Trace avoids
//     that.
//   - From Go 1.24 on, the transport limits the size of 1xx responses as a whole only if there is
//     no Got1xxResponse hook. There is one now, so each is limited on its own.
//
// # What is never written
//
// Bodies, cookies, credentials, header values other than traceparent and x-request-id, the query
// of a URL; see [Headers] and [WithQuery] for how to ask for more. User names and passwords in URLs
// and URL fragments cannot be asked for.
package recorder
