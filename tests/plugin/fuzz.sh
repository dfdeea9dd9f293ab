#!/bin/sh
# SPDX-License-Identifier: MIT
# The plugin with changed captures and sidecars (tests/fuzz/mutants.c): fuzz.sh [SECONDS], as a test a fixed number of
# them. sharkd reads many, one after the other, in two passes: filters, columns, all trees, statistics. tshark reads a
# few in one pass and in two. Nothing may end by a signal, and nobody may complain about the plugin. Seeds: ${SEED:-1} and
# on. To find out whose fault a death is, it is tried once more without the plugin.
here=$(cd "$(dirname "$0")" && pwd)
[ -n "${MUTANTS-}" ] && command -v sharkd >/dev/null || {
    echo "no sharkd, or no mutants"
    exit 77
}
. "$here/lib.sh"
seconds=${1-} seed=${SEED:-1} batch=${BATCH:-30} found=${FOUND:-found}
mkdir -p "$found" mutants
chmod 777 mutants

# Small ones: what is found is found sooner.
small=
for folder in testdata/*/; do
    set -- "$folder"capture.* "$folder"trace*
    [ -f "$1" ] && [ -f "$2" ] || continue
    [ "$(cat "$1" "$2" | wc -c)" -gt 60000 ] || small="$small ${folder%/}"
done
cat testdata/*/keys.log >keys.log
chmod a+r keys.log

# What must not be said, by the program and by its output. A bug of another dissector is not ours.
bad='AddressSanitizer|runtime error:|CRITICAL|ERROR:'
bug='httptrace[^"]*Dissector bug|Dissector bug[^"]*httptrace'

# complains STATUS: of the last program, ./out and ./err
complains() {
    [ "$1" -gt 127 ] || grep -Eq "$bad" err || grep -Eq "$bug" out
}

setconf() {
    printf '{"jsonrpc":"2.0","id":1,"method":"setconf","params":{"name":"%s","value":"%s"}}\n' "$1" "$2"
}

# requests N: the same as a user would do
requests() {
    setconf httptrace.sidecar "$dir/mutants/$1.trace"
    cat <<END
{"jsonrpc":"2.0","id":2,"method":"load","params":{"file":"$dir/mutants/$1.capture"}}
{"jsonrpc":"2.0","id":3,"method":"frames","params":{"filter":"httptrace.req || httptrace.finding","column0":"httptrace.note:1","column1":"httptrace.summary:1"}}
{"jsonrpc":"2.0","id":4,"method":"tap","params":{"tap0":"stat:httptrace","tap1":"nstat:httptrace,conns","tap2":"expert"}}
END
    awk 'BEGIN { for (i = 1; i <= 60; i++)
        printf "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"frame\",\"params\":{\"frame\":%d,\"proto\":true}}\n", i }'
}

# look N ARGUMENT...: with tshark. Is something wrong, whose fault is it?
look() {
    number=$1
    shift
    with_plugin -r "mutants/$number.capture" -o tls.keylog_file:keys.log -o "httptrace.sidecar:mutants/$number.trace" "$@" >out
    status=$?
    complains $status || return 0
    cp err err.with
    # shellcheck disable=SC2086
    as_user env $preload tshark -r "mutants/$number.capture" -o tls.keylog_file:keys.log -V >out 2>err
    if complains $?; then
        echo "mutant $number: Wireshark itself"
        return
    fi
    cp "mutants/$number.capture" "mutants/$number.trace" "$found/"
    fail "mutant $number, tshark $*, status $status: $(grep -E "$bad" err.with | head -n 5)"
}

# sharkd_on N...: those mutants, one after the other, with the plugin in $plugins. True if nothing is wrong.
plugins=$dir/plugins
sharkd_on() {
    {
        setconf tls.keylog_file "$dir/keys.log"
        for number; do requests "$number"; done
    } >requests
    # shellcheck disable=SC2086
    as_user env WIRESHARK_PLUGIN_DIR="$plugins" WIRESHARK_DEBUG_WMEM_OVERRIDE=simple $preload sharkd - \
        <requests >out 2>err
    ! complains $?
}

# The one that sharkd dies of, which tshark may survive; if it is none alone, whose fault are all together?
one_by_one() {
    alone=
    for number; do
        sharkd_on "$number" && continue
        before=$failures alone=1
        cp err err.sharkd
        look "$number" -V -2
        [ "$before" != $failures ] || echo "mutant $number: sharkd alone: $(grep -E "$bad" err.sharkd | head -n 3)"
    done
    [ -z "$alone" ] || return
    sharkd_on "$@"
    cp err err.with
    plugins=$dir/none
    if sharkd_on "$@"; then
        fail "mutants $1 and on, one after the other: $(grep -E "$bad" err.with | head -n 5)"
    else
        echo "mutants $1 and on: Wireshark itself"
    fi
    plugins=$dir/plugins
}

whole_batch() {
    "$MUTANTS" "$seed" "$batch" mutants $small || fail "no mutants"
    chmod a+r mutants/*
    # shellcheck disable=SC2046
    set -- $(seq "$seed" $((seed + batch - 1)))
    sharkd_on "$@"
    good=$?
    loads=$((loads + $(grep -c '"id":2,"result":{"status":"OK"}' out)))
    notes=$((notes + $(grep -o '"f":"httptrace.note' out | wc -l)))
    [ $good = 0 ] || one_by_one "$@"
    look "$seed" -V
    look $((seed + 1)) -2 -V -q -z httptrace,tree -z httptrace,conns -z httptrace,findings
    rm -f mutants/*
    seed=$((seed + batch))
}

loads=0 notes=0 first=$seed end=$(($(date +%s) + ${seconds:-0}))
for turn in 1 2 3; do
    whole_batch
done
while [ -n "$seconds" ] && [ "$(date +%s)" -lt "$end" ] && [ $failures -lt 20 ]; do
    whole_batch
done
echo "mutants $first to $((seed - 1)): $loads loaded, $notes notes shown"
[ $((loads * 2)) -gt $((seed - first)) ] || fail "most could not be loaded"
[ $notes -gt 100 ] || fail "hardly a note was shown"
finish
