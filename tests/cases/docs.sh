#!/bin/sh
# SPDX-License-Identifier: MIT
# The examples in the docs are true: in each ```console block, every "$ " line is run and must print what stands below it
# (standard output and error together; a line "…" stands for any lines).
. "$(dirname "$0")/lib.sh"
root=$(dirname "$TESTDATA")
PATH=$(dirname "$H2ANNOTATE"):$PATH
ln -s "$TESTDATA" testdata

# One "command" file and one "wanted" file for each example: N.cmd, N.want
for page in "$root"/README.md "$root"/docs/*.md; do
    awk -v base="$(basename "$page" .md)" '
        /^```console$/ { inside = 1; next }
        /^```/ { inside = 0; next }
        inside && /^\$ / { n++; print substr($0, 3) > (base "-" n ".cmd"); printf "" > (base "-" n ".want"); next }
        inside && n { print > (base "-" n ".want") }' "$page"
done

matches() { # matches WANTED FOUND: equal, where "…" skips lines
    awk 'NR == FNR { want[++w] = $0; next } { have[++h] = $0 }
        END {
            for (i = j = 1; i <= w; i++) {
                if (want[i] == "…") {
                    if (i == w) exit 0
                    while (j <= h && have[j] != want[i + 1]) j++
                } else if (j > h || have[j++] != want[i]) exit 1
            }
            exit j <= h
        }' "$1" "$2"
}

found=0
for command in ./*.cmd; do
    [ -f "$command" ] || continue
    found=$((found + 1))
    sh "$command" >got 2>&1
    matches "${command%.cmd}.want" got || {
        fail "$(cat "$command")"
        diff "${command%.cmd}.want" got
    }
done
[ $found -ge 5 ] || fail "only $found examples found in the docs"

# Every option of --help is in the manual page, and the other way round.
"$H2ANNOTATE" --help | grep -oE -- '--[a-z-]+' | sort -u >help.txt
sed -n 's/^\\fB\\-/-/p' "$root/docs/h2annotate.1" | sed 's/\\f[BR]//g; s/\\-/-/g' |
    grep -oE -- '--[a-z-]+' | sort -u >manual.txt
same help.txt manual.txt

# So are the exit statuses, and in docs/ci.md.
"$H2ANNOTATE" --help | sed -n '/^Exit status/,$p' | grep -oE '\b[0-9]\b' >help.txt
awk '/^\.SH/ { inside = /EXIT STATUS/ } inside && /^[0-9]$/' "$root/docs/h2annotate.1" >manual.txt
grep -oE '^\| [0-9] ' "$root/docs/ci.md" | grep -oE '[0-9]' >page.txt
grep -oE '^ *EXIT_[A-Z]+ = [0-9]' "$root/annotator/run.h" | grep -oE '[0-9]$' >source.txt
for where in help manual page; do
    same source.txt $where.txt
done
finish
