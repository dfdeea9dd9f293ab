// SPDX-License-Identifier: MIT

package recorder

import (
	"io"
	"os"
)

// A keyLog is a file of TLS secrets. crypto/tls gives a handshake up when the key log fails, so
// this one reports its errors only when it is closed.
type keyLog struct {
	sink *sink
	file *os.File
}

// OpenKeyLog opens a TLS key log for tls.Config.KeyLogWriter. Secrets are added to what the file
// holds; a new file is for the user's eyes only. A full disk does not disturb the handshakes: Close tells.
//
// Who has the file can read the captured connections. It does not belong into production.
func OpenKeyLog(path string) (io.WriteCloser, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND|nonBlock, 0o600)
	if err != nil {
		return nil, err
	}
	return keyLog{newSink(f, nil), f}, nil
}

func (k keyLog) Write(p []byte) (int, error) {
	k.sink.add(p)
	return len(p), nil
}

func (k keyLog) Close() error {
	err := k.sink.close()
	if cerr := k.file.Close(); err == nil {
		err = cerr
	}
	return err
}
