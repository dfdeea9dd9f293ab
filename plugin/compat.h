/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one place that includes Wireshark's headers and knows how its versions differ. CMake tries
 * each difference out (HTTPTRACE_...); no version number is asked.
 */
#ifndef HTTPTRACE_COMPAT_H
#define HTTPTRACE_COMPAT_H

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <epan/conversation.h>
#include <epan/conversation_filter.h>
#include <epan/expert.h>
#include <epan/packet.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>
#include <epan/stat_tap_ui.h>
#include <epan/stats_tree.h>
#include <epan/tap.h>
#include <wiretap/wtap.h>
#include <ws_version.h>
#if defined(__has_include) && __has_include(<wsutil/plugins.h>) /* 4.0 does not install it */
#include <wsutil/plugins.h>
#endif
#include <wsutil/report_message.h>
#pragma GCC diagnostic pop

#include <stdbool.h>
#include <stdint.h>

/* 4.0 has the value inside, later versions point to it. */
#ifdef HTTPTRACE_FVALUE_POINTER
#define FI_VALUE(fi) ((fi)->value)
#else
#define FI_VALUE(fi) (&(fi)->value)
#endif

#ifdef HTTPTRACE_BOOL_PREFERENCE
typedef bool pref_bool;
#else
typedef gboolean pref_bool;
#endif

#ifdef HTTPTRACE_BOOL_HEURISTIC
typedef bool heur_bool;
#else
typedef gboolean heur_bool;
#endif

/* What begins a statistic says whether it could, from 4.6 on. */
#ifdef HTTPTRACE_BOOL_STAT_INIT
typedef bool stat_init_result;
#define STAT_INIT_RETURN(ok) return ok
#else
typedef void stat_init_result;
#define STAT_INIT_RETURN(ok) (void)(ok)
#endif

#endif
