# SPDX-License-Identifier: MIT
# Reads a profile's colorfilters and checks that its rows can be read and told apart: by everybody, and by people who lack
# the cones for red (protanopia), green (deuteranopia) or blue (tritanopia).
#
# Told apart: the distance in Oklab (Ottosson 2020), times 100; 2 is just noticeable with patches side by side. What
# dichromats see is simulated with the matrices of Machado, Oliveira and Fernandes 2009, severity 1, in linear RGB.
# Read: the contrast ratio of WCAG 2. Both colours of a row are given, so a dark theme changes neither; the row must stand
# out from the theme's own background, too.
# One colour may stand for several rules: then they mean the same, and no distance is asked of it.

BEGIN {
    FS = "@"
    matrix["normal"] = "1 0 0 0 1 0 0 0 1"
    matrix["protanopia"] = "0.152286 1.052583 -0.204868 0.114503 0.786281 0.099216 -0.003882 -0.048116 1.051998"
    matrix["deuteranopia"] = "0.367322 0.860646 -0.227968 0.280085 0.672501 0.047413 -0.011820 0.042940 0.968881"
    matrix["tritanopia"] = "1.255528 -0.076749 -0.178779 -0.078411 0.930809 0.147602 0.004733 0.691367 0.303900"
    wanted["normal"] = 8.5
    wanted["protanopia"] = wanted["deuteranopia"] = wanted["tritanopia"] = 5.5
    wanted_contrast = 7 # WCAG's AAA
    wanted_dark = 4.5   # AA, against the background of a dark theme
    dark_luminance = 0.016 # #222222
}

/^[#!]/ || NF < 4 { next }

{
    match($NF, /\]\[/)
    background = substr($NF, 2, RSTART - 2)
    text = substr($NF, RSTART + 2, length($NF) - RSTART - 2)
    n_rules++
    readable($2, background, text)
    if (background in seen)
        next
    seen[background] = 1
    colour[++n] = background
    grey[n] = is_grey(background)
    n_colours += !grey[n]
    name[n] = $2
}

END {
    for (vision in matrix)
        distances(vision)
    if (n_colours < 13) { # 8 for streams, 5 for what went wrong
        print "only " n_colours + 0 " colours found"
        bad = 1
    }
    exit bad
}

function linear(c) {
    c /= 65535
    return c <= 0.04045 ? c / 12.92 : exp(log((c + 0.055) / 1.055) * 2.4)
}

function luminance(rgb,   c) {
    split(rgb, c, ",")
    return 0.2126 * linear(c[1]) + 0.7152 * linear(c[2]) + 0.0722 * linear(c[3])
}

function ratio(a, b) {
    return a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05)
}

function readable(rule, background, text,   b) {
    b = luminance(background)
    complain(rule ": contrast of text", ratio(b, luminance(text)), wanted_contrast)
    complain(rule ": contrast to a dark theme", ratio(b, dark_luminance), wanted_dark)
}

function complain(what, found, least) {
    if (found >= least)
        return
    printf "%s is %.1f, wanted %.1f\n", what, found, least
    bad = 1
}

# The toned-down rest: it must be told from colours, not among itself.
function is_grey(rgb,   c) {
    split(rgb, c, ",")
    return max(max(c[1], c[2]), c[3]) - min(min(c[1], c[2]), c[3]) < 5000
}

function max(a, b) { return a > b ? a : b }
function min(a, b) { return a < b ? a : b }
function clamp(x) { return max(0, min(1, x)) }
function cube_root(x) { return x <= 0 ? 0 : exp(log(x) / 3) }

# "R,G,B" as somebody with this vision sees it, into lab[i, 1..3].
function oklab(i, rgb, vision,   c, m, r, g, b, l, s, t) {
    split(rgb, c, ",")
    split(matrix[vision], m, " ")
    for (t = 1; t <= 3; t++)
        c[t] = linear(c[t])
    r = clamp(m[1] * c[1] + m[2] * c[2] + m[3] * c[3])
    g = clamp(m[4] * c[1] + m[5] * c[2] + m[6] * c[3])
    b = clamp(m[7] * c[1] + m[8] * c[2] + m[9] * c[3])
    l = cube_root(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    t = cube_root(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    s = cube_root(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lab[i, 1] = 0.2104542553 * l + 0.7936177850 * t - 0.0040720468 * s
    lab[i, 2] = 1.9779984951 * l - 2.4285922050 * t + 0.4505937099 * s
    lab[i, 3] = 0.0259040371 * l + 0.7827717662 * t - 0.8086757660 * s
}

function distance(i, j,   sum, t) {
    for (t = 1; t <= 3; t++)
        sum += (lab[i, t] - lab[j, t]) ^ 2
    return 100 * sqrt(sum)
}

function distances(vision,   i, j, d, least, pair) {
    for (i = 1; i <= n; i++)
        oklab(i, colour[i], vision)
    least = 1000
    for (i = 1; i <= n; i++)
        for (j = 1; j < i; j++) {
            if (grey[i] && grey[j])
                continue
            d = distance(i, j)
            complain(vision ": \"" name[j] "\" to \"" name[i] "\"", d, wanted[vision])
            if (d < least) {
                least = d
                pair = name[j] "\", \"" name[i]
            }
        }
    printf "%s: the nearest of %d colours are %.1f apart: \"%s\"\n", vision, n_colours, least, pair
}
