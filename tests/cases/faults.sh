#!/bin/sh
# SPDX-License-Identifier: MIT
# Machines that fail in the middle: kills, signals, disks, pipes, inputs that change. The input stays, under the target's name
# stands the whole output or what stood there before, and the message names the place.
# ${SEED:-random}: of the moments of ${COUNT:-150} kills, of which as many are made as ${SECONDS_MAX:-10} seconds take.
# COUNT=1000 SECONDS_MAX=600: all that SECURITY.md tells of.
# Whoever starts this in the background has it ignore SIGINT.
[ -n "${H2A_SIGNALS-}" ] || H2A_SIGNALS=default exec env --default-signal=INT,TERM sh "$0"
. "$(dirname "$0")/lib.sh"
seed=${SEED:-$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}
echo "seed $seed"
trace=$TESTDATA/seq-tls13/trace.json keys=$TESTDATA/seq-tls13/keys.log
mkdir in w
cat "$TESTDATA"/*/capture.pcapng >in/big.pcapng
cp "$TESTDATA/seq-tls13/capture.pcapng" in/cap.pcapng
cp "$trace" "$keys" in/
(cd in && sha256sum ./*) >sums

run() { # CAPTURE TARGET [OPTION…]
    capture=$1 target=$2
    shift 2
    "$H2ANNOTATE" "$capture" in/trace.json --keylog in/keys.log -o "$target" "$@"
}
untouched() { # AFTER WHAT
    (cd in && sha256sum --quiet -c ../sums) >/dev/null 2>&1 || fail "$*: an input was changed"
}
absent_or_whole() { # FILE RIGHT AFTER-WHAT
    [ ! -e "$1" ] || cmp -s "$1" "$2" || fail "$3: $1 is neither absent nor whole"
}
empty() { # FOLDER AFTER-WHAT
    [ -z "$(ls -A "$1")" ] || fail "$2: left in $1: $(ls -A "$1")"
}

run in/big.pcapng big.right 2>err || fail "$(cat err)"
start=$(date +%s%N) # now that all is in memory
run in/big.pcapng big.right 2>err || fail "$(cat err)"
took=$((($(date +%s%N) - start) / 1000))
"$H2ANNOTATE" in/big.pcapng in/trace.json -q -o no-keys.right || fail "no output to compare with"
run in/cap.pcapng cap.right --report report.right 2>err || fail "$(cat err)"

# Killed at random moments. A temporary file that is left shows that it was while it wrote.
moments() { # how many
    awk -v s="$seed" -v n="$1" -v t="$took" 'BEGIN { srand(s); while (n--) printf "%.4f\n", rand() * t / 1000000 }'
}
reading=0 writing=0 whole=0 until=$(($(date +%s) + ${SECONDS_MAX:-10}))
for moment in $(moments "${COUNT:-150}"); do
    [ "$(date +%s)" -lt $until ] || [ $((reading + writing + whole)) -lt 60 ] || break
    "$H2ANNOTATE" in/big.pcapng in/trace.json --keylog in/keys.log -q -o w/x.pcapng 2>/dev/null &
    pid=$!
    sleep "$moment"
    kill -KILL $pid 2>/dev/null
    wait $pid 2>/dev/null
    absent_or_whole w/x.pcapng big.right "SIGKILL after $moment s"
    if [ -e w/x.pcapng ]; then
        whole=$((whole + 1))
    elif [ -n "$(ls -A w)" ]; then
        writing=$((writing + 1))
    else
        reading=$((reading + 1))
    fi
    rm -f w/x.pcapng w/.x.pcapng.??????
    empty w "SIGKILL after $moment s"
done
untouched SIGKILL
echo "killed while reading: $reading, while writing: $writing, too late: $whole"
[ $reading -gt 0 ] && [ $writing -gt 0 ] || fail "the kills were not spread: $reading, $writing"

# SIGINT and SIGTERM at random moments leave nothing at all. (A shell's background job ignores SIGINT; env does not.)
number=0
for moment in $(moments 16); do
    for signal in INT TERM; do
        rm -f w/x.pcapng
        env --default-signal=INT "$H2ANNOTATE" in/big.pcapng in/trace.json -q -o w/x.pcapng 2>/dev/null &
        pid=$!
        sleep "$moment"
        kill -$signal $pid 2>/dev/null && number=$((number + 1))
        wait $pid 2>/dev/null
        absent_or_whole w/x.pcapng no-keys.right "SIG$signal after $moment s"
        rm -f w/x.pcapng
        empty w "SIG$signal after $moment s"
    done
done
untouched signals
[ $number -gt 0 ] || fail "no signal was in time"

# One system call goes wrong, each in turn: faulty CALL WHAT [OPTION…], until there is no further one.
export FAULT_LOG="$dir/place" ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0
faulty() {
    call=$1 what=$2 n=0
    shift 2
    while n=$((n + 1)) && rm -f place w/*; do
        FAULT=$call:$n:$what FAULT_PLACE="$dir/" LD_PRELOAD=$FAULT_LIB \
            run in/cap.pcapng w/x.pcapng --report w/report.json "$@" >out 2>err
        status=$?
        [ -e place ] || break
        about="$call $n $what of $(cat place)"
        absent_or_whole w/x.pcapng cap.right "$about"
        absent_or_whole w/report.json report.right "$about"
        judge
    done
    [ $n -gt 1 ] || fail "$call is never called"
    calls=$((calls + n - 1))
    untouched "$call $what"
}
calls=0
# The message names the file; of a temporary one, the one it would become.
judge() {
    if [ -d "$(cat place)" ]; then # it was synced, after the rename
        [ $status = 0 ] && cmp -s w/x.pcapng cap.right || fail "$about: exits $status, wanted 0 and a whole output"
        return
    fi
    if [ $status = 0 ] && [ "$call" = pread ] && [ $n -le 4 ]; then # what an input is, was looked at
        cmp -s w/x.pcapng cap.right || fail "$about: exits 0, wanted a whole output"
        return
    fi
    name=$(basename "$(cat place)" | sed 's/^\.\(.*\)\.[A-Za-z0-9]\{6\}$/\1/')
    [ $status = 1 ] || fail "$about: exits $status, wanted 1"
    grep -q "^h2annotate: .*$name.*: " err || fail "$about: the message does not name it: $(cat err)"
    rm -f w/report.json # it may be there when the rename after it failed
    empty w "$about"
}
faulty pread 5
faulty read 5
faulty write 28
faulty write 5
faulty fsync 5 --sync
faulty rename 13
faulty mkostemp 13
# Where all was read, an error of close says nothing about what is written.
judge() {
    [ $status = 0 ] || { [ $status = 1 ] && [ ! -e w/x.pcapng ]; } || fail "$about: exits $status: $(cat err)"
    [ $status = 1 ] || cmp -s w/x.pcapng cap.right || fail "$about: no whole output"
    [ $status = 0 ] || empty w "$about"
}
faulty close 5
# A signal right after each call: nothing but whole files is left.
judge() {
    [ $status -gt 128 ] || fail "$about: exits $status, wanted the signal's"
    rm -f w/x.pcapng w/report.json
    empty w "$about"
}
for call in mkostemp write rename; do
    faulty $call TERM
    faulty $call INT
done
# Short and interrupted calls change nothing.
for call in read pread write; do
    for what in short again; do
        rm -f place w/*
        FAULT=$call:1:$what FAULT_PLACE="$dir/" LD_PRELOAD=$FAULT_LIB run in/cap.pcapng w/x.pcapng >out 2>err || fail "$call $what: $(cat err)"
        [ -e place ] || fail "$call $what: is never called"
        same w/x.pcapng cap.right
    done
done
rm w/*
echo "system calls that went wrong: $calls"

# An input that changes: stopped after its N-th read, grown or cut, continued. changed N
changed() {
    rm -f place w/*
    cp in/big.pcapng changing.pcapng
    FAULT=pread:$1:STOP FAULT_PLACE="$dir/changing" LD_PRELOAD=$FAULT_LIB \
        "$H2ANNOTATE" changing.pcapng in/trace.json -q -o w/x.pcapng 2>err &
    pid=$!
    for _ in $(seq 1000); do
        [ "$(sed 's/.*) //; s/ .*//' /proc/$pid/stat)" != T ] || break
        sleep 0.01
    done
    [ -e place ] || fail "pread $1: is never called"
}
continued() { # STATUS
    kill -CONT $pid
    wait $pid
    status=$?
    [ $status = "$1" ] || fail "exits $status, wanted $1: $(cat err)"
}
# It is read in pieces of 1 MiB; some reads before that find out what it is.
second=$(($(stat -c %s in/big.pcapng) / 1048576 + 9)) # is in the second walk
for n in 3 6 $second; do
    changed $n
    truncate -s 20000 changing.pcapng
    continued 1
    says "changing.pcapng: became shorter while it was read: "
    empty w "cut after read $n"
    changed $n
    cat in/cap.pcapng >>changing.pcapng
    continued 0
    [ $n != $second ] || cp in/big.pcapng changing.pcapng # what was there when it was read first
    exits 0 "$H2ANNOTATE" -q --remove w/x.pcapng -o back.pcapng
    same back.pcapng changing.pcapng
done
unset ASAN_OPTIONS
rm w/*

# A reader that goes away.
sh -c '{ "$@"; echo $? >status; } 2>err | head -c 1000 >out' sh "$H2ANNOTATE" in/big.pcapng in/trace.json -o -
[ "$(cat status)" = 1 ] || fail "closed pipe: exits $(cat status), wanted 1"
says "standard output: cannot write: Broken pipe"
# Descriptors that are closed from the start: no message gets into a file, no file onto the screen.
exits 0 sh -c 'exec "$@" 2>&-' sh "$H2ANNOTATE" in/cap.pcapng in/trace.json --keylog in/keys.log -o w/two.pcapng
same w/two.pcapng cap.right
exits 1 sh -c 'exec "$@" 2>&-' sh "$H2ANNOTATE" in/missing.pcapng in/trace.json -o w/three.pcapng
exits 1 sh -c 'exec "$@" >&-' sh "$H2ANNOTATE" in/cap.pcapng in/trace.json -o -
says "standard output: cannot write: "
exits 1 sh -c 'exec "$@" <&-' sh "$H2ANNOTATE" - in/trace.json -o w/three.pcapng
says "standard input: cannot read: "
rm w/two.pcapng
empty w "closed descriptors"

# Permissions: what all inputs allow, for all outputs.
(
    umask 0
    cp in/cap.pcapng in/trace.json w
    chmod 644 w/cap.pcapng
    chmod 660 w/trace.json
    "$H2ANNOTATE" -q w/cap.pcapng w/trace.json -o w/x --report w/y --fail-on error --junit w/z
) || fail "permissions: exits $?"
for target in w/x w/y w/z; do
    [ "$(stat -c %a $target)" = 640 ] || fail "$target: mode $(stat -c %a $target), wanted 640"
done
rm w/*

# A folder that is not to be written to; root may write everywhere.
as_other=
[ "$(id -u)" != 0 ] || as_other="setpriv --reuid=65534 --regid=65534 --clear-groups"
chmod 755 . && chmod 555 w
if $as_other test -x "$H2ANNOTATE" && $as_other test -r in/cap.pcapng; then
    exits 1 $as_other "$H2ANNOTATE" in/cap.pcapng in/trace.json -o w/x.pcapng
    says "w/x.pcapng: cannot create: Permission denied"
else
    echo "skipped: unwritable folder"
fi
chmod 755 w
empty w "unwritable folder"

# A small file system of its own at w. mounted OPTIONS STATUS COMMAND…; what then is in it is copied to ./inside.
space="unshare -m"
$space true 2>/dev/null || space="unshare -rm"
mounted() {
    rm -rf inside && mkdir inside
    options=$1 wanted=$2
    shift 2
    # shellcheck disable=SC2016
    exits "$wanted" $space sh -c 'mount -t tmpfs -o "$1" none w && shift || exit 99
        [ ! -w w ] || echo precious >w/old
        "$@"; status=$?; cp -a w/. inside; exit $status' sh "$options" "$@"
}
if $space sh -c 'mount -t tmpfs none w' 2>/dev/null; then
    mounted size=256k 1 "$H2ANNOTATE" in/big.pcapng in/trace.json -o w/old --report w/report
    says "w/old: cannot write: No space left on device"
    [ "$(ls -A inside) $(cat inside/old)" = "old precious" ] || fail "full disk: $(ls -lA inside)"
    # The other output has room: it does not appear alone.
    mounted size=256k 1 "$H2ANNOTATE" in/cap.pcapng in/trace.json -o beside.pcapng --report w/r --fail-on error --junit /dev/full
    absent beside.pcapng
    [ "$(ls -A inside)" = old ] || fail "full disk: $(ls -lA inside)"
    mounted size=256k 1 env TMPDIR=w sh -c 'cat in/big.pcapng | "$0" - in/trace.json -o beside.pcapng' "$H2ANNOTATE"
    says "standard input: cannot keep a copy in the temporary folder: No space left on device"
    absent beside.pcapng
    mounted ro 1 "$H2ANNOTATE" in/cap.pcapng in/trace.json -o w/x.pcapng
    says "w/x.pcapng: cannot create: Read-only file system"
    ln -s w/old link
    mounted size=16m 0 "$H2ANNOTATE" in/cap.pcapng in/trace.json --keylog in/keys.log -o link
    same inside/old cap.right
    [ -L link ] || fail "the link was replaced"
    rm link
else
    echo "skipped: file systems"
fi
untouched "disks"
finish
