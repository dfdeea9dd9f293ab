// SPDX-License-Identifier: MIT

//go:build !plan9

package recorder

import "syscall"

// nonBlock makes opening a named pipe that nobody reads an error, where it would wait for a reader.
const nonBlock = syscall.O_NONBLOCK
