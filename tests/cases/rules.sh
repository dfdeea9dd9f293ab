#!/bin/sh
# SPDX-License-Identifier: MIT
# The table of rules, docs/rules.md, --explain and testdata/findings.tsv are in step.
. "$(dirname "$0")/lib.sh"
page=$(dirname "$TESTDATA")/docs/rules.md

exits 0 "$H2ANNOTATE" --explain list
cp out list.txt
awk '{ print $1 }' list.txt >ids.txt
[ "$(wc -l <ids.txt)" -ge 50 ] || fail "only $(wc -l <ids.txt) rules"

# A section for each rule, in the table's order, which begins with its severity and title.
sed -n 's/^## \([a-z0-9-]*\)$/\1/p' "$page" >sections.txt
diff ids.txt sections.txt || fail "docs/rules.md has other sections than the table"
sed -E 's/^([^ ]+) +([a-z]+) +(.*)$/\1 \2: \3/' list.txt >wanted.txt
awk '/^## / { id = $2; getline; getline; print id, $0 }' "$page" | grep -Ff ids.txt >stated.txt
grep -xvFf wanted.txt stated.txt | grep -v '^How ' && fail "severity or title of these is another in the table"
awk '/^## [a-z0-9-]+$/ { id = $2; parts = "" } id && /^- [A-Z][a-z]+: / { parts = parts " " $2 }
    id && /^- Go: / { sub(/ Severity:/, "", parts); if (parts != " Means: Wire: Trace: Not: Do: Go:") print id ":" parts }' "$page" >parts.txt
[ ! -s parts.txt ] || fail "sections that lack a part: $(cat parts.txt)"
[ "$(grep -c '^- Go: ' "$page")" = "$(wc -l <ids.txt)" ] || fail "a section does not end with \"Go:\""
LC_ALL=C grep -nE '.{81}|[^ -~]' "$page" && fail "docs/rules.md is printed in terminals, wanted ASCII and at most 80 columns"

# What is named like a rule is one.
grep -ohE '`[a-z0-9]+(-[a-z0-9]+)+`' "$page" | tr -d '`' | sort -u | grep -xvFf ids.txt && fail "no rules, but docs/rules.md names them"
awk -F'\t' '!/^#/ && $2 != "none" { print $2 }' "$TESTDATA/findings.tsv" | sort -u >found.txt
grep -xvFf ids.txt found.txt && fail "no rules, but testdata/findings.tsv names them"

# --explain prints the section, and nothing needs to be there for it.
while read -r id; do
    exits 0 "$H2ANNOTATE" "--explain=$id"
    awk -v id="$id" '/^## / { inside = $2 == id; if (inside) { print id; next } } inside' "$page" | sed -e '$!b' -e '/^$/d' >section.txt
    sed -e '$!b' -e '/^$/d' out >explained.txt
    same section.txt explained.txt
done <ids.txt
exits 2 "$H2ANNOTATE" --explain goaway-loss
says 'the nearest is "goaway-lost"'
exits 2 "$H2ANNOTATE" --explain How
exits 2 "$H2ANNOTATE" --explain ''
exits 2 "$H2ANNOTATE" --explain
says "wants an argument"
finish
