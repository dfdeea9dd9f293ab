# SPDX-License-Identifier: MIT
# Of callgrind's costs, those of the code of one object itself: awk -v object=/h2annotate -f own.awk FILE. A name is told
# once, then it is a number; the line after "calls=" is what the called function cost. Fails if there are none.
BEGIN { FS = "[=() ]+" }
/^c?ob=/ { if (NF > 2 && $3 != "") name[$2] = $3 }
/^ob=/ { ours = substr(name[$2], length(name[$2]) - length(object) + 1) == object }
/^calls=/ { getline; next }
/^[-+*0-9]/ { split($0, cost, " "); if (ours) sum += cost[2] }
END { print sum + 0; exit sum == 0 }
