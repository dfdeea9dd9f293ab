// SPDX-License-Identifier: MIT

//go:build go1.21

package main

import (
	"io"
	"log/slog"
)

// toSlog makes each line of package log the message of a structured one.
func toSlog(form string, out io.Writer) error {
	switch form {
	case "slog":
		slog.SetDefault(slog.New(slog.NewJSONHandler(out, nil)))
	case "slogtext":
		slog.SetDefault(slog.New(slog.NewTextHandler(out, nil)))
	default:
		return unknownForm(form)
	}
	return nil
}
