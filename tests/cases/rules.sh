#!/bin/sh
# SPDX-License-Identifier: MIT
# What tests/unit/test_explain.c does not see of docs/rules.md: sections that are no rule's, parts of a section, names in the
# text, testdata/findings.tsv, and --explain itself.
. "$(dirname "$0")/lib.sh"
page=$(dirname "$TESTDATA")/docs/rules.md

exits 0 "$H2ANNOTATE" --explain list
awk '{ print $1 }' out >ids.txt
[ "$(wc -l <ids.txt)" -ge 50 ] || fail "only $(wc -l <ids.txt) rules"
sed -n 's/^## \([a-z0-9-]*\)$/\1/p' "$page" >sections.txt
diff ids.txt sections.txt || fail "docs/rules.md has other sections than the table"

awk '/^## [a-z0-9-]+$/ { id = $2; parts = "" } id && /^- [A-Z][a-z]+: / { parts = parts " " $2 }
    id && /^- Go: / { sub(/ Severity:/, "", parts); if (parts != " Means: Wire: Trace: Not: Do: Go:") print id ":" parts }' "$page" >parts.txt
[ ! -s parts.txt ] || fail "sections that lack a part: $(cat parts.txt)"
[ "$(grep -c '^- Go: ' "$page")" = "$(wc -l <ids.txt)" ] || fail "a section does not end with \"Go:\""

# What is named like a rule is one.
grep -ohE '`[a-z0-9]+(-[a-z0-9]+)+`' "$page" | tr -d '`' | sort -u | grep -xvFf ids.txt && fail "no rules, but docs/rules.md names them"
awk -F'\t' '!/^#/ && $2 != "none" { print $2 }' "$TESTDATA/findings.tsv" | sort -u >found.txt
grep -xvFf ids.txt found.txt && fail "no rules, but testdata/findings.tsv names them"

# A version of Go with which a rule is said to be seen has a capture of it.
awk -F'\t' '!/^#/ && $2 != "none" { print $1, $2 }' "$TESTDATA/findings.tsv" | sort -u | while read -r folder id; do
    cat "$TESTDATA/$folder"/trace*.json 2>/dev/null | grep -om1 '"go":"go1\.[0-9]*' | sed "s/.*go/$id /"
done | sort -u >captured.txt
awk '/^## / { id = $2 } /^- Go: / { inside = 1 } /^$/ { inside = 0 } inside { text[id] = text[id] " " $0 }
    END { for (id in text) if (match(text[id], /[Ss]een +with +[0-9.,and ]+/)) {
        n = split(substr(text[id], RSTART, RLENGTH), words, /[^0-9.]+/)
        for (i = 1; i <= n; i++) if (words[i] ~ /[0-9]/) { sub(/\.$/, "", words[i]); print id, words[i] } } }' "$page" | sort -u >said.txt
[ "$(wc -l <said.txt)" -ge 50 ] || fail "only $(wc -l <said.txt) versions are said to be seen"
LC_ALL=C sort -u captured.txt >captured
LC_ALL=C sort -u said.txt >said
LC_ALL=C comm -13 captured said >unseen
[ ! -s unseen ] || fail "in docs/rules.md, but in no capture: $(cat unseen)"

# Colours of the profile name rules that there are.
profile=$(dirname "$TESTDATA")/profiles/httptrace/colorfilters
grep -oE 'httptrace\.finding in \{[^}]*\}' "$profile" | grep -oE '"[a-z0-9-]+"' | tr -d '"' | sort -u >coloured.txt
[ "$(wc -l <coloured.txt)" -ge 15 ] || fail "only $(wc -l <coloured.txt) rules have a colour of their own"
grep -xvFf ids.txt coloured.txt && fail "no rules, but the profile colours them"

# Nothing needs to be there for --explain.
for id in $(sed -n '1p;20p;$p' ids.txt); do
    exits 0 "$H2ANNOTATE" "--explain=$id"
    awk -v id="$id" '/^## / { inside = $2 == id; if (inside) { print id; next } } inside' "$page" | sed -e '$!b' -e '/^$/d' >section.txt
    sed -e '$!b' -e '/^$/d' out >explained.txt
    same section.txt explained.txt
done
exits 2 "$H2ANNOTATE" --explain goaway-loss
says 'the nearest is "goaway-lost"'
exits 2 "$H2ANNOTATE" --explain
says "wants an argument"
finish
