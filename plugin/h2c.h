/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP/2 with prior knowledge in clear text on any port, by its preface: Wireshark 4.0 and 4.4 look
 * for it on HTTP's ports only. */
#ifndef HTTPTRACE_H2C_H
#define HTTPTRACE_H2C_H

void h2c_register(int proto);

#endif
