// SPDX-License-Identifier: MIT

package recorder

import (
	"crypto/tls"
	"net/http/httptrace"
	"net/textproto"
	"strings"
)

// clientTrace returns hooks that record what net/http tells of a request. All its attempts share
// them, and what comes after a GotConn belongs to that attempt: net/http begins the next only when
// the writer of the last has ended.
func (q *request) clientTrace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn:              q.getConn,
		GotConn:              q.gotConn,
		PutIdleConn:          q.putIdleConn,
		GotFirstResponseByte: q.gotFirstResponseByte,
		Got100Continue:       q.got100Continue,
		Got1xxResponse:       q.got1xxResponse,
		DNSStart:             q.dnsStart,
		DNSDone:              q.dnsDone,
		ConnectStart:         q.connectStart,
		ConnectDone:          q.connectDone,
		TLSHandshakeStart:    q.tlsHandshakeStart,
		TLSHandshakeDone:     q.tlsHandshakeDone,
		WroteHeaderField:     q.wroteHeaderField,
		WroteHeaders:         q.wroteHeaders,
		Wait100Continue:      q.wait100Continue,
		WroteRequest:         q.wroteRequest,
	}
}

func (q *request) hook(k kind, at stamp, fields line, err error) {
	q.record(event{kind: k, at: at, fields: fields, err: err})
}

func (q *request) getConn(hostPort string) {
	at := now()
	q.hook(getConn, at, newLine().str("host_port", hostPort), nil)
}

func (q *request) gotConn(info httptrace.GotConnInfo) {
	at := now()
	conn := q.rec.conns.got(info.Conn, info.Reused)
	l := append(newLine(), conn.fields...).bool("reused", info.Reused).bool("was_idle", info.WasIdle)
	if info.WasIdle {
		l = l.int("idle_ns", int64(info.IdleTime))
	}
	q.current.Store(&attempt{n: int(q.attempts.Add(1)), at: at, conn: conn})
	q.hook(gotConn, at, l, nil)
}

func (q *request) dnsStart(info httptrace.DNSStartInfo) {
	at := now()
	q.hook(dnsStart, at, newLine().str("host", info.Host), nil)
}

func (q *request) dnsDone(info httptrace.DNSDoneInfo) {
	at := now()
	addrs := make([]string, len(info.Addrs))
	for i := range info.Addrs {
		addrs[i] = info.Addrs[i].String()
	}
	q.hook(dnsDone, at, newLine().strs("addrs", addrs).bool("coalesced", info.Coalesced), info.Err)
}

func (q *request) connectStart(network, addr string) {
	at := now()
	q.hook(connectStart, at, newLine().str("network", network).str("addr", addr), nil)
}

func (q *request) connectDone(network, addr string, err error) {
	at := now()
	q.hook(connectDone, at, newLine().str("network", network).str("addr", addr), err)
}

func (q *request) tlsHandshakeStart() {
	at := now()
	q.hook(tlsHandshakeStart, at, nil, nil)
}

func (q *request) tlsHandshakeDone(state tls.ConnectionState, err error) {
	at := now()
	l := newLine()
	if err == nil {
		l = l.str("alpn", state.NegotiatedProtocol).
			str("tls", tlsVersion(state.Version)).
			str("cipher", tls.CipherSuiteName(state.CipherSuite)).
			str("sni", state.ServerName).
			bool("resumed", state.DidResume)
	}
	q.hook(tlsHandshakeDone, at, l, err)
}

func (q *request) wroteHeaderField(key string, values []string) {
	at := now()
	var l line
	if rec := q.rec; rec.folder == nil { // an Attempt line has no room for fields
		l = rec.fieldLine(key, values)
	}
	q.hook(wroteHeaderField, at, l, nil)
}

// fieldLine names a header field, with its value where that may be told.
func (r *Recorder) fieldLine(key string, values []string) line {
	l := newLine().str("key", key)
	switch {
	case key == ":path" && !r.query:
		return l.str("value", withoutQuery(strings.Join(values, ", ")))
	case strings.HasPrefix(key, ":") || r.headers[strings.ToLower(key)]:
		return l.str("value", strings.Join(values, ", "))
	}
	return l
}

func (q *request) wroteHeaders() {
	at := now()
	q.hook(wroteHeaders, at, nil, nil)
}

func (q *request) wait100Continue() {
	at := now()
	q.hook(wait100Continue, at, nil, nil)
}

func (q *request) got100Continue() {
	at := now()
	q.hook(got100Continue, at, nil, nil)
}

func (q *request) got1xxResponse(code int, _ textproto.MIMEHeader) error {
	at := now()
	q.hook(got1xxResponse, at, newLine().int("code", int64(code)), nil)
	return nil
}

func (q *request) wroteRequest(info httptrace.WroteRequestInfo) {
	at := now()
	q.hook(wroteRequest, at, nil, info.Err)
}

func (q *request) gotFirstResponseByte() {
	at := now()
	q.hook(gotFirstResponseByte, at, nil, nil)
}

func (q *request) putIdleConn(err error) {
	at := now()
	q.hook(putIdleConn, at, nil, err)
}
