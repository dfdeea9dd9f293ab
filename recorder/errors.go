// SPDX-License-Identifier: MIT

package recorder

import (
	"errors"
	"net"
	"net/url"
	"reflect"
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

// errorFields tells more of an error than its text.
func errorFields(err error) line {
	err = withoutURL(err)
	var timeout net.Error
	return newLine().
		str("err_type", reflect.TypeOf(err).String()).
		bool("timeout", errors.As(err, &timeout) && timeout.Timeout())
}
