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

struct walk {
    h2t_json_fn fn;
    void *user;
    h2t_json_value value = {};

    bool visit(h2t_json_kind kind)
    {
        value.kind = kind;
        return fn(user, &value);
    }

    void name(std::string_view key)
    {
        value.key = key.data();
        value.key_len = key.size();
    }

    bool end()
    {
        value.depth--;
        name({});
        return visit(H2T_JSON_END);
    }

    bool object(dom::object members)
    {
        if (!visit(H2T_JSON_OBJECT))
            return false;
        value.depth++;
        for (dom::key_value_pair member : members) {
            name(member.key);
            if (!any(member.value))
                return false;
        }
        return end();
    }

    bool array(dom::array elements)
    {
        if (!visit(H2T_JSON_ARRAY))
            return false;
        value.depth++;
        for (dom::element element : elements) {
            name({});
            if (!any(element))
                return false;
        }
        return end();
    }

    bool string(std::string_view text)
    {
        value.text = text.data();
        value.len = text.size();
        return visit(H2T_JSON_STRING);
    }

    bool integer(int64_t number)
    {
        value.integer = number;
        return visit(H2T_JSON_INT);
    }

    bool real(double number)
    {
        value.number = number;
        return visit(H2T_JSON_DOUBLE);
    }

    bool boolean(bool truth)
    {
        value.integer = truth;
        return visit(H2T_JSON_BOOL);
    }

    // False when the callback has stopped the walk.
    bool any(dom::element e)
    {
        switch (e.type()) {
        case dom::element_type::OBJECT:
            return object(e.get_object().value_unsafe());
        case dom::element_type::ARRAY:
            return array(e.get_array().value_unsafe());
        case dom::element_type::STRING:
            return string(e.get_string().value_unsafe());
        case dom::element_type::INT64:
            return integer(e.get_int64().value_unsafe());
        case dom::element_type::UINT64:
            return real(static_cast<double>(e.get_uint64().value_unsafe()));
        case dom::element_type::DOUBLE:
            return real(e.get_double().value_unsafe());
        case dom::element_type::BOOL:
            return boolean(e.get_bool().value_unsafe());
        default:
            return visit(H2T_JSON_NULL);
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
    dom::element root;
    if (auto error = json->parser.parse(json->text, len, false).get(root))
        return reason(error);
    walk{fn, user}.any(root);
    return nullptr;
}
