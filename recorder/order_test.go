// SPDX-License-Identifier: MIT

package recorder

import (
	"context"
	"fmt"
	"math/rand"
	"net/http"
	"regexp"
	"sort"
	"sync"
	"testing"
	"time"
)

// An id in a header block can be read without decompressing it: Huffman codes would make the tildes
// longer (RFC 7541, appendix B).
var idInBlock = regexp.MustCompile(`~{8}\d+~`)

// A moodyServer refuses streams and closes connections as it likes, and remembers which requests
// came in which order on each connection, by the address of the client.
type moodyServer struct {
	mu    sync.Mutex
	heard map[string][]string
}

func (s *moodyServer) play(f *frames) {
	addr := f.conn.RemoteAddr().String()
	s.mu.Lock()
	random := rand.New(rand.NewSource(int64(len(s.heard))))
	s.heard[addr] = nil
	s.mu.Unlock()
	for last := uint32(0); ; {
		stream, block := f.headers()
		if stream == 0 {
			return
		}
		s.mu.Lock()
		s.heard[addr] = append(s.heard[addr], string(idInBlock.Find(block)))
		s.mu.Unlock()
		switch mood := random.Intn(20); {
		case mood < 3:
			f.reset(stream, codeRefusedStream)
		case mood == 3:
			f.goAway(last, codeNo)
		case mood == 4: // silence, until the client gives up
		default:
			f.ok(stream)
			last = stream
		}
	}
}

// TestOrderOnTheWire checks what the join with a capture rests on: the k-th WroteHeaders of a
// connection is the k-th request on it, whatever is cancelled, refused and tried again.
func TestOrderOnTheWire(t *testing.T) {
	server := moodyServer{heard: make(map[string][]string)}
	rec := record(t)
	url, transport := serveFrames(t, server.play)
	rt := rec.Wrap(transport)
	var workers sync.WaitGroup
	for w := 0; w < 16; w++ {
		w := w
		workers.Add(1)
		go func() {
			defer workers.Done()
			for i := 0; i < 20; i++ {
				patience := time.Duration(1+(w*7+i)%40) * time.Millisecond
				sendWithin(rt, url, fmt.Sprintf("~~~~~~~~%d~", w*1000+i), patience)
			}
		}()
	}
	workers.Wait()
	transport.CloseIdleConnections()
	all := rec.lines()

	ids, locals := make(map[any]string), make(map[any]string)
	for _, o := range named(all, "RequestStart") {
		ids[o["req"]] = o["x-request-id"].(string)
	}
	for _, o := range named(all, "GotConn") {
		locals[o["conn"]] = o["local"].(string)
	}
	wrote := named(all, "WroteHeaders")
	sort.Slice(wrote, func(i, j int) bool { return wrote[i].num("seq") < wrote[j].num("seq") })
	told := make(map[string][]string)
	for _, o := range wrote {
		told[locals[o["conn"]]] = append(told[locals[o["conn"]]], ids[o["req"]])
	}

	server.mu.Lock()
	defer server.mu.Unlock()
	n := 0
	for local, heard := range server.heard {
		for k, id := range heard {
			n++
			// A retry on the same connection has its id from the table of the compression.
			if k >= len(told[local]) || id != "" && told[local][k] != id {
				t.Fatalf("%s: the server heard %v\nthe trace tells %v", local, heard, told[local])
			}
		}
	}
	t.Logf("%d requests on %d connections, %d WroteHeaders", n, len(server.heard), len(wrote))
}

func sendWithin(rt http.RoundTripper, url, id string, patience time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		panic(err)
	}
	req.Header.Set("X-Request-Id", id)
	if resp, err := rt.RoundTrip(req); err == nil {
		resp.Body.Close()
	}
}
