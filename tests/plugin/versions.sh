#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the plugin for other versions of Wireshark and runs its tests there: versions.sh FOLDER [SUITE…]. Suites of Debian:
# bookworm has 4.0, trixie 4.4, sid the newest. Each gets a root of its own in FOLDER, made with debootstrap if it is not
# there and kept for the next time. As root, with network. $FUZZ_SECONDS: so long fuzz.sh runs in each.
set -eu
roots=${1:?usage: versions.sh FOLDER [SUITE...]}
shift
[ $# -gt 0 ] || set -- trixie sid
source=$(cd "$(dirname "$0")/../.." && pwd)
packages="tshark wireshark-dev libwireshark-dev libwiretap-dev libwsutil-dev cmake ninja-build gcc g++ pkgconf jq
    libglib2.0-dev libsimdjson-dev libxxhash-dev zlib1g-dev libpcap-dev libarchive-dev libssl-dev libnghttp2-dev libxml2-utils"

# make_root SUITE: the root and what it needs
make_root() {
    root=$roots/$1
    [ -e "$root/bin/sh" ] || debootstrap --variant=minbase "$1" "$root" >&2
    # A mirror that is behind serves lists that have expired; what they name is signed all the same.
    echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/90expired"
    # shellcheck disable=SC2016
    chroot "$root" env DEBIAN_FRONTEND=noninteractive sh -euc '
        installed=$(dpkg-query -W -f "\${db:Status-Abbrev}\n" "$@" 2>/dev/null | grep -c "^ii" || :)
        [ "$installed" != $# ] || exit 0
        apt-get -qq update
        apt-get -qq install -y --no-install-recommends "$@"' sh $packages >&2
}

# copy_source SUITE: what git has, and what is not committed yet, without builds
copy_source() {
    mkdir -p "$roots/$1/h2annotate"
    (cd "$source" && git ls-files -z --cached --others --exclude-standard |
        xargs -0 sh -c 'for f; do [ ! -e "$f" ] || printf "%s\0" "$f"; done' sh |
        tar --null -T - -cf -) | tar -C "$roots/$1/h2annotate" -xf -
}

in_root() {
    root=$roots/$1
    shift
    chroot "$root" env -C /h2annotate "$@"
}

with_proc() {
    mountpoint -q "$roots/$1/proc" && return
    mount -t proc proc "$roots/$1/proc"
    mounted="${mounted-} $roots/$1/proc"
}

unmount() {
    for at in ${mounted-}; do
        umount "$at"
    done
}
trap unmount EXIT

# shellcheck disable=SC2016
build_and_test='set -eu
cmake -G Ninja -B build -DCMAKE_BUILD_TYPE=RelWithDebInfo -DBUILD_TESTING=OFF \
    -DCMAKE_COMPILE_WARNING_AS_ERROR=ON >build.log 2>&1 || { cat build.log; exit 1; }
cmake --build build >build.log 2>&1 || { cat build.log; exit 1; }
so=$(echo build/wireshark/*/epan/httptrace.so)
version=$(basename "$(dirname "$(dirname "$so")")")
export HTTPTRACE_SO=$PWD/$so HTTPTRACE_VERSION=$version H2ANNOTATE=$PWD/build/h2annotate TESTDATA=$PWD/testdata
tshark --version 2>/dev/null | head -1
status=0
for test in tests/plugin/*.sh; do
    case $test in */lib.sh | */versions.sh | */fuzz.sh) continue ;; esac
    sh "$test" || [ $? = 77 ] || status=1 # 77: skipped
done
cmake -G Ninja -B build/asan -DCMAKE_BUILD_TYPE=Debug -DH2T_SANITIZE=ON -DGO=unused >build.log 2>&1 || { cat build.log; exit 1; }
cmake --build build/asan --target httptrace mutants >build.log 2>&1 || { cat build.log; exit 1; }
HTTPTRACE_SO=$PWD/build/asan${so#build} MUTANTS=$PWD/build/asan/tests/fuzz/mutants sh tests/plugin/fuzz.sh ${FUZZ_SECONDS-} || status=1
exit $status'

status=0
for suite; do
    echo "== $suite"
    make_root "$suite"
    with_proc "$suite"
    copy_source "$suite"
    in_root "$suite" sh -c "$build_and_test" || status=1
done
exit $status
