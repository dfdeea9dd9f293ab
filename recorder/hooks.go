// SPDX-License-Identifier: MIT

package recorder

import (
	"crypto/tls"
	"net/http/httptrace"
	"net/textproto"
	"strings"
)

// hooks record what net/http tells of a request. The ones given to an attempt are bound to it;
// unbound, they mean the attempt that is current when they fire.
type hooks struct {
	request *request
	attempt *attempt
}

func (h *hooks) clientTrace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn:              h.getConn,
		GotConn:              h.gotConn,
		PutIdleConn:          h.putIdleConn,
		GotFirstResponseByte: h.gotFirstResponseByte,
		Got100Continue:       h.got100Continue,
		Got1xxResponse:       h.got1xxResponse,
		DNSStart:             h.dnsStart,
		DNSDone:              h.dnsDone,
		ConnectStart:         h.connectStart,
		ConnectDone:          h.connectDone,
		TLSHandshakeStart:    h.tlsHandshakeStart,
		TLSHandshakeDone:     h.tlsHandshakeDone,
		WroteHeaderField:     h.wroteHeaderField,
		WroteHeaders:         h.wroteHeaders,
		Wait100Continue:      h.wait100Continue,
		WroteRequest:         h.wroteRequest,
	}
}

func (h *hooks) record(k kind, at stamp, fields line, err error) {
	h.request.record(h.attempt, event{kind: k, at: at, fields: fields, err: err})
}

func (h *hooks) getConn(hostPort string) {
	at := now()
	h.record(getConn, at, newLine().str("host_port", hostPort), nil)
}

func (h *hooks) gotConn(info httptrace.GotConnInfo) {
	at := now()
	conn := h.request.rec.conns.got(info.Conn, info.Reused)
	l := append(newLine(), conn.fields...).bool("reused", info.Reused).bool("was_idle", info.WasIdle)
	if info.WasIdle {
		l = l.int("idle_ns", int64(info.IdleTime))
	}
	a := h.request.newAttempt(at, conn)
	h.request.record(a, event{kind: gotConn, at: at, fields: l})
}

func (h *hooks) dnsStart(info httptrace.DNSStartInfo) {
	at := now()
	h.record(dnsStart, at, newLine().str("host", info.Host), nil)
}

func (h *hooks) dnsDone(info httptrace.DNSDoneInfo) {
	at := now()
	addrs := make([]string, len(info.Addrs))
	for i := range info.Addrs {
		addrs[i] = info.Addrs[i].String()
	}
	h.record(dnsDone, at, newLine().strs("addrs", addrs).bool("coalesced", info.Coalesced), info.Err)
}

func (h *hooks) connectStart(network, addr string) {
	at := now()
	h.record(connectStart, at, newLine().str("network", network).str("addr", addr), nil)
}

func (h *hooks) connectDone(network, addr string, err error) {
	at := now()
	h.record(connectDone, at, newLine().str("network", network).str("addr", addr), err)
}

func (h *hooks) tlsHandshakeStart() {
	at := now()
	h.record(tlsHandshakeStart, at, nil, nil)
}

func (h *hooks) tlsHandshakeDone(state tls.ConnectionState, err error) {
	at := now()
	l := newLine()
	if err == nil {
		l = l.str("alpn", state.NegotiatedProtocol).
			str("tls", tlsVersion(state.Version)).
			str("cipher", tls.CipherSuiteName(state.CipherSuite)).
			str("sni", state.ServerName).
			bool("resumed", state.DidResume)
	}
	h.record(tlsHandshakeDone, at, l, err)
}

func (h *hooks) wroteHeaderField(key string, values []string) {
	at := now()
	var l line
	if rec := h.request.rec; rec.folder == nil { // an Attempt line has no room for fields
		l = rec.fieldLine(key, values)
	}
	h.record(wroteHeaderField, at, l, nil)
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

func (h *hooks) wroteHeaders() {
	at := now()
	h.record(wroteHeaders, at, nil, nil)
}

func (h *hooks) wait100Continue() {
	at := now()
	h.record(wait100Continue, at, nil, nil)
}

func (h *hooks) got100Continue() {
	at := now()
	h.record(got100Continue, at, nil, nil)
}

func (h *hooks) got1xxResponse(code int, _ textproto.MIMEHeader) error {
	at := now()
	h.record(got1xxResponse, at, newLine().int("code", int64(code)), nil)
	return nil
}

func (h *hooks) wroteRequest(info httptrace.WroteRequestInfo) {
	at := now()
	h.record(wroteRequest, at, nil, info.Err)
}

func (h *hooks) gotFirstResponseByte() {
	at := now()
	h.record(gotFirstResponseByte, at, nil, nil)
}

func (h *hooks) putIdleConn(err error) {
	at := now()
	h.record(putIdleConn, at, nil, err)
}
