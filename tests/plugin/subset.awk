# SPDX-License-Identifier: MIT
# awk -f subset.awk MORE LESS: prints each line of LESS ("PACKET WORD KEY=VALUE…") of which MORE has none with the same
# packet and word and all its pairs.
FNR == NR {
    line[$1 " " $2, ++n[$1 " " $2]] = " " $0 " "
    next
}
{
    for (i = 1; i <= n[$1 " " $2]; i++)
        if (is_in(line[$1 " " $2, i]))
            next
    print
}
function is_in(whole,   k) {
    for (k = 3; k <= NF; k++)
        if (!index(whole, " " $k " "))
            return 0
    return 1
}
