# SPDX-License-Identifier: MIT
# cmake -DIN=FILE -DOUT=FILE.c -P embed.cmake: a text as the C array explain_page.
file(READ ${IN} hex HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
file(WRITE ${OUT} "#include \"annotator/explain.h\"\n\nconst char explain_page[] = {${bytes}0};\n")
