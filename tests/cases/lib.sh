# SPDX-License-Identifier: MIT
# For the case scripts: a folder of their own, and words for what must be. $H2ANNOTATE and $TESTDATA are set by ctest.
set -u
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir" 2>/dev/null; rm -rf "$dir"' EXIT
cd "$dir" || exit 1
failures=0
case_name=$(basename "$0" .sh)

fail() {
    echo "FAIL $case_name: $*"
    failures=$((failures + 1))
}

# exits STATUS COMMAND…: runs it, output in ./out and ./err
exits() {
    wanted=$1
    shift
    "$@" >out 2>err
    status=$?
    [ $status = "$wanted" ] || fail "'$*' exits $status, wanted $wanted: $(cat err)"
}

# says TEXT: the last command's standard error has this line part
says() {
    grep -qF -- "$1" err || fail "wanted on standard error: '$1'; found: $(cat err)"
}

# prints TEXT: the same for standard output
prints() {
    grep -qF -- "$1" out || fail "wanted on standard output: '$1'; found: $(head -c 2000 out)"
}

same() {
    cmp -s "$1" "$2" || fail "$1 and $2 differ: $(cmp "$1" "$2" 2>&1)"
}

absent() {
    [ ! -e "$1" ] && [ ! -L "$1" ] || fail "$1 exists"
}

# nothing but the named files is in the folder (no temporary file is left)
only() {
    found=$(find . -mindepth 1 ! -name out ! -name err | sort | tr '\n' ' ')
    wanted=$(printf './%s\n' "$@" | sort | tr '\n' ' ')
    [ "$found" = "$wanted" ] || fail "files: $found; wanted: $wanted"
}

finish() {
    [ $failures = 0 ] || exit 1
    echo "ok $case_name"
}
