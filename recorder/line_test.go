// SPDX-License-Identifier: MIT

package recorder

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzQuote holds quote against encoding/json: always valid, and the string comes back.
func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "plain", `"\/`, "\x00\x1f\x7f\n\t", "héllo ☃ 𝄞", "\xff\xfe", "a\xc3", "\xed\xa0\x80",
		"\u2028\u202e", strings.Repeat("x", maxValue), strings.Repeat("é", maxValue)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		quoted := line{}.quote(s)
		if !utf8.Valid(quoted) {
			t.Fatalf("%q is not UTF-8", quoted)
		}
		var back string
		if err := json.Unmarshal(quoted, &back); err != nil {
			t.Fatalf("%q: %v", quoted, err)
		}
		if len(s) > maxValue {
			if !strings.HasSuffix(back, "…") {
				t.Fatalf("%d bytes, not marked as cut", len(s))
			}
			return
		}
		if want := string([]rune(s)); back != want {
			t.Fatalf("%q came back, wanted %q", back, want)
		}
	})
}

func TestErrorTextHidesURL(t *testing.T) {
	cause := errors.New("connection refused")
	inner := &url.Error{Op: "Get", URL: "https://user:pw@example.com/?token=s3cret", Err: cause}
	for _, err := range []error{cause, inner, fmt.Errorf("fetch: %w", inner),
		&url.Error{Op: "Post", URL: "/?s3cret", Err: inner}} {
		if got := errorText(err); got != "connection refused" {
			t.Errorf("%v became %q", err, got)
		}
	}
}
