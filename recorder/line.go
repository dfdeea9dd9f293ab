// SPDX-License-Identifier: MIT

package recorder

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// maxValue bounds every string in a line, and with it the line. What is longer ends in "…".
const maxValue = 4096

// A line is a JSON object under construction: members, each led by a comma. The fields of an event
// are such a run of members too, without the ones all lines begin with.
type line []byte

// newLine has room for the fields of nearly every event.
func newLine() line { return make(line, 0, 128) }

func (l line) key(name string) line {
	l = append(l, ',', '"')
	l = append(l, name...)
	return append(l, '"', ':')
}

// quotedKey is key for a name from outside.
func (l line) quotedKey(name string) line {
	return append(append(l, ',').quote(name), ':')
}

func (l line) str(name, value string) line {
	return l.key(name).quote(value)
}

// strs joins the strings of a list into a JSON array.
func (l line) strs(name string, values []string) line {
	l = append(l.key(name), '[')
	for i, v := range values {
		if i > 0 {
			l = append(l, ',')
		}
		l = l.quote(v)
	}
	return append(l, ']')
}

func (l line) int(name string, value int64) line {
	return strconv.AppendInt(l.key(name), value, 10)
}

func (l line) uint(name string, value uint64) line {
	return strconv.AppendUint(l.key(name), value, 10)
}

func (l line) bool(name string, value bool) line {
	return strconv.AppendBool(l.key(name), value)
}

func (l line) time(name string, t time.Time) line {
	l = append(l.key(name), '"')
	l = t.UTC().AppendFormat(l, time.RFC3339Nano)
	return append(l, '"')
}

// err adds the text of an error, and nothing if there is none.
func (l line) err(name string, err error) line {
	if err == nil {
		return l
	}
	return l.str(name, errorText(err))
}

const hexDigits = "0123456789abcdef"

// quote appends a JSON string. Bytes that are not UTF-8 become U+FFFD: whatever the program
// handles, the line stays valid.
func (l line) quote(s string) line {
	cut := len(s) > maxValue
	if cut {
		s = s[:maxValue]
	}
	l = append(l, '"')
	plain := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		size := 1
		if c >= utf8.RuneSelf {
			var r rune
			if r, size = utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		l = append(l, s[plain:i]...)
		l = l.escape(c)
		i += size
		plain = i
	}
	l = append(l, s[plain:]...)
	if cut {
		l = append(l, "…"...)
	}
	return append(l, '"')
}

// escape appends a byte that may not stand in a JSON string as it is.
func (l line) escape(c byte) line {
	switch {
	case c >= utf8.RuneSelf:
		return append(l, `\ufffd`...)
	case c == '"' || c == '\\':
		return append(l, '\\', c)
	default:
		return append(l, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	}
}
