# SPDX-License-Identifier: MIT
# awk -F '\t' -f streams.awk TABLE: what is wrong in the table that streams.sh makes. h1: streams are HTTP/1.1's.

# Does the comma list have this value?
function has(list, value) { return index("," list ",", "," value ",") > 0 }

function once(list, name,   n, v, i) {
    n = split(list, v, ",")
    for (i = 2; i <= n; i++)
        if (has_before(v, i))
            print $1 ": " name " has " v[i] " twice: " list
}
function has_before(v, i,   k) {
    for (k = 1; k < i; k++)
        if (v[k] == v[i])
            return 1
    return 0
}

{
    once($4, "req"); once($5, "attempt"); once($6, "conn"); once($7, "stream"); once($8, "slot")
    known[$2] = known[$2] || $6 != ""
    row[$1] = $0
    n_frames += $7 != ""
    n = split($3, id, ",")
    for (i = 1; i <= n; i++)
        if (id[i] > 0)
            seen[$1, $2, id[i]] = 1
    m = split($7, id, ",")
    for (i = 1; i <= m; i++)
        joined[$2, id[i]] = 1
    # Only notes tell of a stream that no frame of the packet names.
    for (i = 1; i <= m; i++)
        if (!h1 && !has($3, id[i]) && $10 == "")
            print $1 ": has no frame of stream " id[i]
    if ($7 != "" && ($4 == "" || $6 == "" || $8 == ""))
        print $1 ": stream without request, connection or slot"
    if ($9 != "" && $8 == "")
        print $1 ": part without slot"
}

END {
    for (key in seen) {
        split(key, k, SUBSEP)
        split(row[k[1]], c, "\t")
        if (joined[k[2], k[3]] && !has(c[7], k[3]))
            print k[1] ": a frame of stream " k[3] " is not told"
    }
    # What waits for a later packet that has a request has a part of it, if it has none itself.
    for (packet in row) {
        split(row[packet], c, "\t")
        if (c[11] == "" || c[13] != "" || c[9] != "" || c[4] != "")
            continue
        split(row[c[11]], later, "\t")
        if (later[4] != "" || later[9] != "")
            print packet ": has a part of what " c[11] " tells, and no request"
    }
    if (n_frames < 4)
        print "only " n_frames + 0 " packets have a stream"
}
