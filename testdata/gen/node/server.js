// SPDX-License-Identifier: MIT
// server.js CERT KEY PORT N M: HTTP/2 by Node. A session is closed (GOAWAY) at its N-th stream; every M-th
// request is reset with INTERNAL_ERROR, 0: none.
'use strict';
const fs = require('fs');
const http2 = require('http2');
const [cert, key, port, closeAt, resetEvery] = process.argv.slice(2);
const server = http2.createSecureServer({cert: fs.readFileSync(cert), key: fs.readFileSync(key)});
const streams = new WeakMap();
let requests = 0;
server.on('stream', (stream) => {
  const session = stream.session;
  const n = (streams.get(session) || 0) + 1;
  streams.set(session, n);
  stream.on('error', () => {});
  if (n === Number(closeAt)) session.close();
  if (Number(resetEvery) && ++requests % Number(resetEvery) === 0) {
    stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
    return;
  }
  setTimeout(() => {
    if (stream.destroyed) return;
    stream.respond({':status': 200});
    stream.end('fine\n');
  }, requests % 3);
});
server.on('sessionError', () => {});
server.listen(Number(port), '127.0.0.1');
