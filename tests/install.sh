#!/bin/sh
# SPDX-License-Identifier: MIT
# Install the Debian packages that are missing: install.sh build|demo|test. As root, or with sudo.
set -eu

build="cmake ninja-build pkg-config gcc g++ libc6-dev libglib2.0-dev libpcap-dev libarchive-dev
    libssl-dev libnghttp2-dev libsimdjson-dev libxxhash-dev zlib1g-dev wireshark-dev"
demo="$build tshark"
test="$demo clang libclang-rt-dev golang-go jq libxml2-utils gzip zstd lz4 bsdextrautils procps
    valgrind cppcheck"

case "${1-}" in
build) wanted=$build ;;
demo) wanted=$demo ;;
test) wanted=$test ;;
*)
    echo "usage: $0 build|demo|test" >&2
    exit 2
    ;;
esac

missing=
for package in $wanted; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' ||
        missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
    as_root=sudo
    if ! command -v sudo >/dev/null; then
        echo "$0: run as root, or install sudo; missing packages:$missing" >&2
        exit 1
    fi
fi
echo "installing:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086
{ $as_root apt-get -qq update && $as_root apt-get -qq install -y --no-install-recommends $missing; } \
    >"$log" 2>&1 || {
    cat "$log" >&2
    exit 1
}
