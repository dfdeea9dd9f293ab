#!/bin/sh
# SPDX-License-Identifier: MIT
# On each capture, exactly the findings that testdata/findings.tsv has: what somebody decided with tshark and the trace. A
# false alarm fails as much as a finding that is missing.
. "$(dirname "$0")/lib.sh"
table=$TESTDATA/findings.tsv

# wanted FOLDER: "ID SEVERITY REQUESTS", one a line; REQUESTS is * where it is about none in particular
wanted() {
    awk -F '\t' -v folder="$1" '$1 == folder && $2 != "none" {
        n = split($4, list, ","); requests = $4 == "-" ? "*" : ""
        if ($4 != "-") for (i = 1; i <= n; i++) print $2 "\t" $3 "\t" NR "\t" list[i]
        else print $2 "\t" $3 "\t" NR "\t*" }' "$table" | join_requests
}

# join_requests: of "ID SEVERITY KEY REQUEST" lines those of one key in one, requests sorted
join_requests() {
    LC_ALL=C sort -t '	' -k3,3n -k4,4 -u | awk -F '\t' '
        $3 != key { if (key != "") print line; key = $3; line = $1 " " $2 " " $4; next }
        { line = line "," $4 }
        END { if (key != "") print line }' | LC_ALL=C sort
}

# found: the same of report.json
found() {
    jq -r '.findings | to_entries[] | .key as $k | .value as $f |
        ([$f.affected[].req | select(. != null)] | unique | if . == [] then ["*"] else . end)[] |
        [$f.id, $f.severity, $k + 1, .] | @tsv' report.json | join_requests
}

# agree: each line of wanted has one of found; * stands for any requests
agree() {
    awk 'NR == FNR { n++; want[n] = $0; next }
        { m++; have[m] = $0 }
        END {
            for (pass = 0; pass < 2; pass++)
                for (i = 1; i <= n; i++) {
                    split(want[i], w, " ")
                    if (want[i] == "" || (w[3] == "*") != pass) continue
                    for (j = 1; j <= m; j++) {
                        split(have[j], h, " ")
                        if (have[j] != "" && w[1] == h[1] && w[2] == h[2] && (pass || w[3] == h[3])) {
                            want[i] = have[j] = ""
                            break
                        }
                    }
                }
            for (i = 1; i <= n; i++) if (want[i] != "") { print "missing: " want[i]; bad = 1 }
            for (j = 1; j <= m; j++) if (have[j] != "") { print "too much: " have[j]; bad = 1 }
            exit bad
        }' "$1" "$2"
}

folders=0
mkdir out-dir
for folder in "$TESTDATA"/*/truth.tsv; do
    name=$(basename "$(dirname "$folder")")
    capture=$(ls "$TESTDATA/$name"/capture.* 2>/dev/null) output="-o out.pcapng"
    [ "$capture" ] || { capture=$(ls "$TESTDATA/$name"/ring*) output="--out-dir out-dir"; }
    folders=$((folders + 1))
    grep -q "^$name	" "$table" || fail "$name is not in findings.tsv"
    keylog=
    [ -f "$TESTDATA/$name/keys.log" ] && keylog="--keylog $TESTDATA/$name/keys.log"
    # shellcheck disable=SC2086
    "$H2ANNOTATE" -q $capture "$TESTDATA/$name"/trace* $keylog $output --report report.json || fail "$name"
    wanted "$name" >wanted
    found >found
    agree wanted found >differ || fail "$name: $(cat differ)"
done
[ $folders -gt 150 ] || fail "only $folders captures"

# Without keys the error's text is all there is, and that is what the finding says.
for case in goaway-covered:goaway-lost:3 stream-reset:stream-reset:4; do
    IFS=: read -r name rule n <<END
$case
END
    "$H2ANNOTATE" -q "$TESTDATA/$name"/capture.* "$TESTDATA/$name"/trace.json -o out.pcapng --report report.json
    got=$(jq -r --arg id "$rule" '[.findings[] | select(.id == $id and .wire == null and .trace != null)] | length' report.json)
    [ "$got" = "$n" ] || fail "$name without keys: $got of $rule, wanted $n"
done

# Each rule is somewhere, and no capture of healthy traffic has more than notes.
"$H2ANNOTATE" --explain list | awk '{ print $1 }' | LC_ALL=C sort >ids
awk -F '\t' '!/^#/ { print $2 }' "$table" | LC_ALL=C sort -u >shown
comm -23 ids shown >never
[ ! -s never ] || fail "no capture shows: $(paste -sd' ' never)"
awk -F '\t' '/^healthy-/ && $3 != "" && $3 != "note" && $2 != "none"' "$table" >alarms
[ ! -s alarms ] || fail "healthy captures: $(cat alarms)"
finish
