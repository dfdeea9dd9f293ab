// SPDX-License-Identifier: MIT
// JSON text in, a walk over its values out: simdjson behind a C function. For 3.0.1 (Debian 12) and
// later.
//
// This is simdjson's DOM, not its on-demand parser: that one does not see damage in what it skips,
// makes 0 of the number 1795448772.227142301 (3.0.1), and cannot pick the machine's best
// instructions at run time, which makes it slower (550 against 950 MB/s on our lines).
#include "core/json.h"

#include "core/base.h"

#include <cstring>
#include <simdjson.h>

using namespace simdjson;

struct h2t_json {
    dom::parser parser;
    char *text = nullptr; // a copy of the value, with the padding that simdjson wants
    size_t capacity = 0;
};

namespace {

// Over the tape that simdjson makes of a document, as its doc/tape.md tells: 64-bit words with a
// type in the upper 8 bits; of a number, the word that follows is the value.
struct walk {
    h2t_json_fn fn;
    void *user;
    const uint64_t *word; // the one we are at
    const uint8_t *strings;
    h2t_json_value value = {};
    bool in_object[H2T_MAX_JSON_DEPTH + 2] = {}; // by depth

    char type() const
    {
        return static_cast<char>(*word >> 56);
    }

    // Where a string is: its length in 32 bits, then its bytes.
    const char *text(size_t *len) const
    {
        const uint8_t *at = strings + (*word & 0x00ffffffffffffff);
        uint32_t n;
        memcpy(&n, at, sizeof n);
        *len = n;
        return reinterpret_cast<const char *>(at + sizeof n);
    }

    bool visit(h2t_json_kind kind)
    {
        value.kind = kind;
        return fn(user, &value);
    }

    void forget_key()
    {
        value.key = nullptr;
        value.key_len = 0;
    }

    void key()
    {
        value.key = text(&value.key_len);
        word++;
    }

    bool begin(h2t_json_kind kind)
    {
        if (!visit(kind))
            return false;
        forget_key();
        in_object[++value.depth] = kind == H2T_JSON_OBJECT;
        return true;
    }

    bool end()
    {
        value.depth--;
        forget_key();
        return visit(H2T_JSON_END);
    }

    bool string()
    {
        value.text = text(&value.len);
        return visit(H2T_JSON_STRING);
    }

    bool integer()
    {
        memcpy(&value.integer, ++word, sizeof value.integer);
        return visit(H2T_JSON_INT);
    }

    bool real()
    {
        memcpy(&value.number, ++word, sizeof value.number);
        return visit(H2T_JSON_DOUBLE);
    }

    // More than an int64_t takes.
    bool large()
    {
        value.number = static_cast<double>(*++word);
        return visit(H2T_JSON_DOUBLE);
    }

    bool boolean(bool truth)
    {
        value.integer = truth;
        return visit(H2T_JSON_BOOL);
    }

    // False when the callback has stopped the walk.
    bool one()
    {
        switch (type()) {
        case '{':
            return begin(H2T_JSON_OBJECT);
        case '[':
            return begin(H2T_JSON_ARRAY);
        case '}':
        case ']':
            return end();
        case '"':
            return string();
        case 'l':
            return integer();
        case 'u':
            return large();
        case 'd':
            return real();
        case 't':
        case 'f':
            return boolean(type() == 't');
        default:
            return visit(H2T_JSON_NULL);
        }
    }

    // From the first value to the root's word, which comes again at the end.
    void all()
    {
        for (; type() != 'r'; word++) {
            if (in_object[value.depth] && type() == '"')
                key();
            if (!one())
                return;
        }
    }
};

const char *reason(error_code error)
{
    switch (error) {
    case EMPTY:
        return "there is nothing";
    case UNCLOSED_STRING:
        return "a string has no end";
    case DEPTH_ERROR:
        return "nested too deeply";
    case UTF8_ERROR:
        return "not UTF-8";
    case UNESCAPED_CHARS:
        return "a control character in a string";
    case STRING_ERROR:
        return "a wrong escape in a string";
    case NUMBER_ERROR:
        return "not a number where one begins";
    default:
        return "not one JSON value";
    }
}

// False: simdjson could not get its memory.
bool reserve(h2t_json *json, size_t len)
{
    if (json->capacity >= len)
        return true;
    size_t capacity = MAX(len + len / 2, 4096);
    g_free(json->text);
    json->text = static_cast<char *>(g_malloc(capacity + SIMDJSON_PADDING));
    json->capacity = capacity;
    return json->parser.allocate(capacity, H2T_MAX_JSON_DEPTH + 1) == SUCCESS;
}
} // namespace

struct h2t_json *h2t_json_new(void)
{
    return new h2t_json;
}

void h2t_json_free(struct h2t_json **json)
{
    if (!*json)
        return;
    g_free((*json)->text);
    delete *json;
    *json = nullptr;
}

const char *h2t_json_walk(struct h2t_json *json, const char *text, size_t len, h2t_json_fn fn,
                          void *user)
{
    if (len == 0)
        return reason(EMPTY);
    if (!reserve(json, len))
        return "too large for the memory";
    memcpy(json->text, text, len);
    memset(json->text + len, ' ', SIMDJSON_PADDING);
    if (auto error = json->parser.parse(json->text, len, false).error())
        return reason(error);
    const dom::document &doc = json->parser.doc;
    walk{fn, user, doc.tape.get() + 1, doc.string_buf.get()}.all();
    return nullptr;
}
