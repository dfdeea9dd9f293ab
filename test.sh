#!/bin/sh
# SPDX-License-Identifier: MIT
# Everything CI runs: install what is missing (Debian 12 or newer), build with sanitizers and for release, with gcc and clang
# without a warning, and run all tests. ./test.sh fast: only the fast ones.
set -eu
cd "$(dirname "$0")"

tests/install.sh test

quiet() {
    log=$(mktemp)
    "$@" >"$log" 2>&1 || {
        cat "$log"
        rm -f "$log"
        exit 1
    }
    rm -f "$log"
}

echo "== build: dev (ASan, UBSan)"
quiet cmake --preset dev -DCMAKE_COMPILE_WARNING_AS_ERROR=ON
quiet cmake --build --preset dev
if [ "${1-}" = fast ]; then
    exec ctest --preset dev -L fast -j2
fi

echo "== build: release"
quiet cmake --preset release -DCMAKE_COMPILE_WARNING_AS_ERROR=ON
quiet cmake --build --preset release

echo "== build: the plugin with clang, to see its warnings; core and annotator are built with it next"
quiet cmake --preset release -B build/clang -DCMAKE_C_COMPILER=clang \
    -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_COMPILE_WARNING_AS_ERROR=ON
quiet cmake --build build/clang --target httptrace

# What it finds gcc's do not: offsets of NULL, among others. (New inputs are tried by tests/fuzz/run, for as long as you like.)
echo "== build: fuzz targets for libFuzzer, with clang's sanitizers"
quiet cmake --preset fuzz -DCMAKE_COMPILE_WARNING_AS_ERROR=ON
quiet cmake --build --preset fuzz

echo "== build: with ThreadSanitizer"
quiet cmake --preset threads
quiet cmake --build --preset threads

echo "== test: fuzz targets, their corpora"
ctest --preset fuzz -R '^fuzz/' -j2
echo "== test: what has threads, with ThreadSanitizer"
ctest --preset threads -R '^(threads|unit/test_(ahead|scribe))$'
echo "== test: dev, all"
ctest --preset dev -j2
echo "== test: release, without what is the same in every build"
ctest --preset release -j2 -E '^(recorder|oracle/|plugin/)'
