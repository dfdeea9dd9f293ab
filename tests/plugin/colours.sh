#!/bin/sh
# SPDX-License-Identifier: MIT
# The profile's colours can be read and told apart; and the check notices when they can't.
set -u
here=$(dirname "$0")
rules=$here/../../profiles/httptrace/colorfilters
check() {
    awk -f "$here/colours.awk" "$@"
}
check "$rules" || exit 1

# refuses WHAT SED_SCRIPT: the same rules with a mistake
refuses() {
    if sed "$2" "$rules" | check - >/dev/null; then
        echo "FAIL: not noticed: $1"
        exit 1
    fi
}
# Stream 0 in a green that deuteranopes can't tell from the orange of "stalled", everybody else can.
refuses "confusable for deuteranopes" '/stream, colour 0/s/@\[[0-9,]*\]/@[45000,43500,0]/'
refuses "the same colour nearly twice" '/stream, colour 0/s/@\[[0-9,]*\]/@[33000,47031,52171]/'
refuses "white on yellow" '/Go: retried/s/\[0,0,0\]/[65535,65535,65535]/'
refuses "too dark for a dark theme" '/Go: retried/s/@\[[0-9,]*\]\[0,0,0\]/@[15000,0,0][65535,65535,65535]/'
refuses "no colours" '/colour/d'
