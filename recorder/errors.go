// SPDX-License-Identifier: MIT

package recorder

import (
	"errors"
	"net/url"
)

// errorText is the text of an error without the URL that http.Client puts before it.
func errorText(err error) string { return withoutURL(err).Error() }

// withoutURL returns the cause inside a url.Error, whose text would give the query away.
func withoutURL(err error) error {
	var outer *url.Error
	for errors.As(err, &outer) && outer.Err != nil {
		err = outer.Err
	}
	return err
}
