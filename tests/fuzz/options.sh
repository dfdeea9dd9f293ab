# SPDX-License-Identifier: MIT
# For run and changed, which set $here, this folder: what is known of each target.

# dictionary_of TARGET: a file; nothing if it has none
dictionary_of() {
    case $1 in
    baseline | json | sidecar | frames) name=json ;;
    pcap | pcapng | whole | program) name=pcapng ;;
    *) name=$1 ;;
    esac
    file=$here/dict/$name.dict
    [ ! -f "$file" ] || echo "$file"
}

max_len() {
    case $1 in
    whole | program) echo 40000 ;;
    pcap | tls) echo 16384 ;;
    tcp | comment | json | redact) echo 2048 ;;
    *) echo 8192 ;;
    esac
}

# options TARGET: libFuzzer's
options() {
    echo "-max_len=$(max_len "$1") -timeout=20 -rss_limit_mb=2048"
    file=$(dictionary_of "$1")
    [ -z "$file" ] || echo "-dict=$file"
}

# LeakSanitizer does not look into GLib's slices.
export G_SLICE=always-malloc
