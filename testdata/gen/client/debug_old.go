// SPDX-License-Identifier: MIT

//go:build !go1.21

package main

import "io"

func toSlog(form string, _ io.Writer) error { return unknownForm(form) }
