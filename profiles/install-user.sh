#!/bin/sh
# SPDX-License-Identifier: MIT
# For one user, without root: the profile, and the plugin if a folder is given that has 4.x/epan/httptrace.so (the build's
# wireshark/). A profile that the user has changed stays; -f replaces it.
set -eu
here=$(dirname "$0")

force=
if [ "${1-}" = -f ]; then
    force=yes
    shift
fi
if [ $# -gt 1 ]; then
    echo "usage: $0 [-f] [PLUGIN_FOLDER]" >&2
    exit 2
fi

# folder NAME DEFAULT: as Wireshark says, which knows its older places, too
folder() {
    found=$(tshark -G folders 2>/dev/null | sed -n "s/^$1:[[:space:]]*//p")
    echo "${found:-$2}"
}

install_profile() {
    to=$(folder "Personal configuration" "${XDG_CONFIG_HOME:-$HOME/.config}/wireshark")/profiles/httptrace
    if [ -d "$to" ] && [ ! "$force" ] && ! diff -r "$here/httptrace" "$to" >/dev/null; then
        echo "$to is not as we ship it: kept, -f replaces it"
        return
    fi
    mkdir -p "$to"
    cp "$here"/httptrace/* "$to"
    echo "$to"
}

# install_plugin FILE: FOLDER/4.x/epan/httptrace.so goes to where this version looks
install_plugin() {
    version=$(basename "$(dirname "$(dirname "$1")")")
    to=$HOME/.local/lib/wireshark/plugins/$version/epan
    mkdir -p "$to"
    cp "$1" "$to/httptrace.so.new"
    mv "$to/httptrace.so.new" "$to/httptrace.so" # a running Wireshark keeps the old one
    echo "$to/httptrace.so"
}

install_profile
[ $# = 1 ] || exit 0
for plugin in "$1"/*/epan/httptrace.so; do
    if [ ! -f "$plugin" ]; then
        echo "$0: no 4.x/epan/httptrace.so in $1: build the plugin first" >&2
        exit 1
    fi
    install_plugin "$plugin"
done
[ "$(id -u)" != 0 ] || echo "$0: note: run as root, Wireshark ignores a user's plugins" >&2
