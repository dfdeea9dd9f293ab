// SPDX-License-Identifier: MIT

package main

import "time"

// giveCredit gives back the windows that DATA has used up, as far as -credit says. With -tiny it is
// that much in place of all.
func (s *session) giveCredit(stream uint32, n int) error {
	if s.tiny > 0 {
		n = int(s.tiny)
	}
	var frames []frame
	if s.credit == "stream" || s.credit == "both" {
		frames = append(frames, update(stream, uint32(n)))
	}
	if s.credit == "connection" || s.credit == "both" {
		frames = append(frames, update(0, uint32(n)))
	}
	if n == 0 || len(frames) == 0 {
		return nil
	}
	time.Sleep(s.pause)
	return s.write(frames...)
}
