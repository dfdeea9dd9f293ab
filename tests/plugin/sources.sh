#!/bin/sh
# SPDX-License-Identifier: MIT
# Where a trace may come from, which is taken, and that nothing changes without one.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

mkdir work
chmod 777 work

# put FOLDER: its capture as work/c.pcapng or the like, nothing else; sets $c
put() {
    rm -rf work/*
    of "$1"
    c=work/c${capture#"$dir/testdata/$1/capture"}
    cp "$capture" "$c"
    chmod a+r "$c"
}

first_packet() {
    # shellcheck disable=SC2086
    with_plugin "$@" $keys -2 -Y frame.number==1 -T json --no-duplicate-keys -e frame.number -e "$field" | lines "$field"
}
source_of() {
    field=httptrace.sidecar
    first_packet "$@"
}
summary_of() {
    field=httptrace.summary
    first_packet "$@"
}

# says PATTERN TEXT
says() {
    echo "$2" | grep -q "$1" || fail "wanted '$1', found '$2': $(cat err)"
}

# ---- Nothing: the plugin adds nothing
for folder in h2c conc16-tls13 http1-plain dns; do
    put "$folder"
    # shellcheck disable=SC2086
    {
        with_plugin -r "$c" $keys -V >with
        without_plugin -r "$c" $keys -V >without
    }
    cmp -s with without || fail "$folder: without a trace, -V differs: $(diff with without | head -4)"
done

# ---- Beside the capture
put seq-tls13
for name in c.trace.json c.trace.jsonl c.pcapng.trace.json; do
    cp "$sidecars" "work/$name"
    says 'found beside the capture' "$(source_of -r "$c")"
    rm "work/$name"
done
[ -z "$(source_of -r "$c")" ] || fail "a sidecar out of nothing"
cp "$sidecars" work/c.trace.json
chmod a+r work/c.trace.json
[ -z "$(source_of -r - <"$c")" ] || fail "standard input has nothing beside it"

# ---- The preference comes first
# another run's, whose request ids are not by chance the same
sed 's/"value":"[0-9]*-/"value":"other-/' "$dir/testdata/h2c/trace.json" >other.json
chmod a+r other.json
says 'other.json (preference' "$(source_of -r "$c" -o httptrace.sidecar:other.json)"
says 'No connection of the trace' "$(summary_of -r "$c" -o httptrace.sidecar:other.json)"
says '20 of 20 attempts matched' "$(summary_of -r "$c")"
# shellcheck disable=SC2086
expert() {
    with_plugin -r "$c" -2 $keys -q -z expert "$@"
}
says 'No connection of the trace' "$(expert -o httptrace.sidecar:other.json)"
expert | grep -q httptrace && fail "a hint without need"

# ---- Nobody reads what is in it: nothing changes, and what is printed is printed as fast
# shellcheck disable=SC2086
{
    with_plugin -r "$c" $keys >with
    [ ! -s err ] || fail "messages: $(cat err)"
    without_plugin -r "$c" $keys | cmp -s - with || fail "columns of others differ"
    with_plugin -r "$c" $keys -Y http2 >with
    without_plugin -r "$c" $keys -Y http2 | cmp -s - with || fail "filters of others differ"
}

# ---- Then what is beside, then comments
# shellcheck disable=SC2086
"$H2ANNOTATE" -q "$capture" $sidecars $keylog -o work/a.pcapng
chmod a+r work/a.pcapng
annotated=$(notes -r work/a.pcapng | wc -l)
[ "$annotated" -gt 20 ] || fail "an annotated file alone: $annotated notes"
cp "$sidecars" work/a.trace.json
says 'found beside' "$(source_of -r work/a.pcapng)"
# shellcheck disable=SC2086
[ "$(notes -r work/a.pcapng -2 $keys | wc -l)" = "$annotated" ] || fail "notes and comments add up"

# ---- No good: said once, and the capture opens
echo '{"not": "a trace"}' >bad.json
for bad in bad.json nowhere.json; do
    with_plugin -r "$c" -o httptrace.sidecar:$bad -T fields -e frame.number -e httptrace.req | cut -f 1 >numbers
    [ "$(grep -c "httptrace: .*$bad" err)" = 1 ] || fail "$bad: $(cat err)"
    without_plugin -r "$c" -T fields -e frame.number | cmp -s - numbers || fail "$bad: packets differ"
done

# Columns, filters and colours of others do not even read it.
for others in '' '-Y http2' '--color'; do
    # shellcheck disable=SC2086
    with_plugin -r "$c" $others -o httptrace.sidecar:bad.json >/dev/null
    [ ! -s err ] || fail "it is read for nothing: $others: $(cat err)"
    # shellcheck disable=SC2086
    with_plugin -r "$c" $others -o httptrace.sidecar:bad.json -z httptrace,tree >/dev/null
    grep -q 'bad.json' err || fail "it is not read: $others, -z httptrace,tree"
done

# ---- Several
put two-processes
says 'trace-1.json; .*trace-2.json' "$(source_of -r "$c" -o "httptrace.sidecar:$sidecar")"

# ---- Keys are missing, and that is said
put no-keys
keys=
says 'no key fits' "$(summary_of -r "$c" -o "httptrace.sidecar:$sidecar")"
finish
