/* A complete plugin in C, without a JSON library.
 *
 * It has one check: a PCT outside any cluster that has no judgement. The reader below accepts only
 * valid JSON, so that a damaged request is answered with `bad_request`. It reads what the check
 * needs from a batch and skips the rest. README.md lists its limitations.
 */
#include "wcc_plugin.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char MANIFEST[] =
    "{\"ok\":{"
    "\"protocol\":\"" WCC_PLUGIN_PROTOCOL "\","
    "\"id\":\"minimal-c\","
    "\"title\":\"A complete plugin in C\","
    "\"version\":\"1.0.0\","
    "\"regions\":[\"Q39\"],"
    "\"frameworks\":[\"wcc-2008-09\",\"wcc-2009-10\"],"
    "\"needs\":[\"judgements\"],"
    "\"checks\":[{"
    "\"id\":\"nothing-judged\","
    "\"title\":\"Nothing is judged\","
    "\"about\":\"competency\","
    "\"what\":\"A PCT outside any cluster has no judgement by any method.\","
    "\"why\":\"An output without any known value means that a return is missing, not that all is "
    "well.\","
    "\"example\":\"Devon PCT takes part in the cycle, but its return is missing.\"}]}}";

static const char BAD_REQUEST[] =
    "{\"error\":{\"code\":\"" WCC_PLUGIN_BAD_REQUEST "\",\"message\":\"the request does not match "
    "request.json\"}}";

/* ---- Writing ---- */

struct text {
    char *at;
    size_t length, room;
    bool failed; /* memory ran out */
};

static void put_bytes(struct text *out, const char *bytes, size_t length) {
    if (out->failed) return;
    if (length > out->room - out->length) {
        size_t room = (out->length + length) * 2 + 256;
        char *at = realloc(out->at, room);
        if (at == NULL) {
            out->failed = true;
            return;
        }
        out->at = at;
        out->room = room;
    }
    memcpy(out->at + out->length, bytes, length);
    out->length += length;
}

static void put(struct text *out, const char *words) { put_bytes(out, words, strlen(words)); }

/* ---- Reading: each function returns false if the text is not valid JSON ---- */

#define MAX_DEPTH 100

struct reader {
    const uint8_t *at, *end;
    int depth;
};

/* A string as written between its quotation marks, with its escapes. */
struct slice {
    const char *at;
    size_t length;
};

static bool equals(struct slice slice, const char *word) {
    return slice.length == strlen(word) && memcmp(slice.at, word, slice.length) == 0;
}

static void skip_space(struct reader *in) {
    while (in->at < in->end && strchr(" \t\r\n", *in->at) != NULL && *in->at != 0) in->at++;
}

/* Consumes `sign` if it is the next character. */
static bool take(struct reader *in, char sign) {
    skip_space(in);
    if (in->at == in->end || *in->at != (uint8_t)sign) return false;
    in->at++;
    return true;
}

static bool read_hexadecimal(struct reader *in) {
    for (int digits = 0; digits < 4; digits++, in->at++)
        if (in->at == in->end || *in->at == 0 || strchr("0123456789abcdefABCDEF", *in->at) == NULL)
            return false;
    return true;
}

/* Reads the remaining bytes of a UTF-8 character; rejects overlong encodings. */
static bool read_continuation(struct reader *in, uint8_t first) {
    int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    uint8_t lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (first < 0xc2 || first > 0xf4) return false;
    for (; more > 0; more--, in->at++, lowest = 0x80, highest = 0xbf)
        if (in->at == in->end || *in->at < lowest || *in->at > highest) return false;
    return true;
}

static bool string(struct reader *in, struct slice *found) {
    if (!take(in, '"')) return false;
    found->at = (const char *)in->at;
    while (in->at < in->end) {
        uint8_t byte = *in->at++;
        if (byte == '"') {
            found->length = (size_t)((const char *)in->at - found->at) - 1;
            return true;
        }
        if (byte < 0x20) return false;
        if (byte >= 0x80 && !read_continuation(in, byte)) return false;
        if (byte != '\\') continue;
        if (in->at == in->end) return false;
        byte = *in->at++;
        if (byte == 'u') {
            if (!read_hexadecimal(in)) return false;
        } else if (byte == 0 || strchr("\"\\/bfnrt", byte) == NULL) {
            return false;
        }
    }
    return false;
}

static bool digits(struct reader *in) {
    const uint8_t *from = in->at;
    while (in->at < in->end && *in->at >= '0' && *in->at <= '9') in->at++;
    return in->at > from;
}

static bool number(struct reader *in) {
    if (in->at < in->end && *in->at == '-') in->at++;
    const uint8_t *from = in->at;
    if (!digits(in) || (*from == '0' && in->at - from > 1)) return false;
    if (in->at < in->end && *in->at == '.') {
        in->at++;
        if (!digits(in)) return false;
    }
    if (in->at < in->end && (*in->at == 'e' || *in->at == 'E')) {
        in->at++;
        if (in->at < in->end && (*in->at == '+' || *in->at == '-')) in->at++;
        if (!digits(in)) return false;
    }
    return true;
}

static bool word(struct reader *in, const char *expected) {
    size_t length = strlen(expected);
    if ((size_t)(in->end - in->at) < length || memcmp(in->at, expected, length) != 0) return false;
    in->at += length;
    return true;
}

/* Advances in an open list or object. Returns 1 if another item follows, 0 at the end, and -1 on an
 * error. */
static int next_item(struct reader *in, bool first, char end) {
    if (take(in, end)) return 0;
    return first || take(in, ',') ? 1 : -1;
}

/* Advances in an open object and reads the next key; returns like next_item. */
static int next_member(struct reader *in, bool first, struct slice *key) {
    int more = next_item(in, first, '}');
    if (more != 1) return more;
    return string(in, key) && take(in, ':') ? 1 : -1;
}

/* Skips a value of any kind; counts the items of a list if `items` is not null. */
static bool skip(struct reader *in, size_t *items) {
    struct slice ignored;
    int more;
    skip_space(in);
    if (in->at == in->end || ++in->depth > MAX_DEPTH) return false;
    bool valid;
    switch (*in->at) {
    case '{':
        in->at++;
        for (bool first = true; (more = next_member(in, first, &ignored)) == 1; first = false)
            if (!skip(in, NULL)) return false;
        valid = more == 0;
        break;
    case '[':
        in->at++;
        for (bool first = true; (more = next_item(in, first, ']')) == 1; first = false) {
            if (!skip(in, NULL)) return false;
            if (items != NULL) ++*items;
        }
        valid = more == 0;
        break;
    case '"': valid = string(in, &ignored); break;
    case 't': valid = word(in, "true"); break;
    case 'f': valid = word(in, "false"); break;
    case 'n': valid = word(in, "null"); break;
    default: valid = number(in);
    }
    in->depth--;
    return valid;
}

/* ---- The plugin ---- */

/* Reads one body and writes its result. */
static bool body(struct reader *in, struct text *out) {
    struct slice key, code = {0}, kind = {0}, cluster = {0};
    size_t judgements = 0;
    int more;
    if (!take(in, '{')) return false;
    for (bool first = true; (more = next_member(in, first, &key)) == 1; first = false) {
        bool valid;
        skip_space(in);
        if (equals(key, "code"))
            valid = string(in, &code);
        else if (equals(key, "kind"))
            valid = string(in, &kind);
        else if (equals(key, "cluster") && in->at < in->end && *in->at == '"')
            valid = string(in, &cluster);
        else if (equals(key, "judgements"))
            valid = skip(in, &judgements);
        else
            valid = skip(in, NULL);
        if (!valid) return false;
    }
    if (more != 0 || code.at == NULL || kind.at == NULL) return false;
    put(out, "{\"body\":\"");
    put_bytes(out, code.at, code.length); /* copied unchanged, so its escapes stay valid */
    put(out, "\"");
    if (equals(kind, "pct") && cluster.at == NULL && judgements == 0) {
        put(out, ",\"findings\":[{\"check\":\"nothing-judged\",\"severity\":\"error\","
                 "\"message\":\"Nobody has made a judgement on ");
        put_bytes(out, code.at, code.length);
        put(out, ".\"}]");
    }
    put(out, "}");
    return true;
}

static bool bodies(struct reader *in, struct text *out) {
    int more;
    if (!take(in, '[')) return false;
    for (bool first = true; (more = next_item(in, first, ']')) == 1; first = false) {
        if (!first) put(out, ",");
        if (!body(in, out)) return false;
    }
    return more == 0;
}

static bool batch(struct reader *in, struct text *out) {
    struct slice key;
    bool seen = false;
    int more;
    if (!take(in, '{')) return false;
    put(out, "{\"ok\":{\"results\":[");
    for (bool first = true; (more = next_member(in, first, &key)) == 1; first = false) {
        bool here = equals(key, "bodies") && !seen;
        if (!(here ? bodies(in, out) : skip(in, NULL))) return false;
        seen = seen || here;
    }
    put(out, "]}}");
    return more == 0 && seen;
}

static bool answer(struct reader *in, struct text *out) {
    struct slice name;
    bool valid;
    if (take(in, '{')) {
        valid = string(in, &name) && equals(name, "evaluate") && take(in, ':') && batch(in, out) &&
               take(in, '}');
    } else {
        valid = string(in, &name) && equals(name, "describe");
        if (valid) put(out, MANIFEST);
    }
    skip_space(in);
    return valid && in->at == in->end;
}

/* ---- The three functions ---- */

uint32_t wcc_plugin_abi(void) { return WCC_PLUGIN_ABI; }

int32_t wcc_plugin_call(const uint8_t *input, size_t input_length, uint8_t **output,
                        size_t *output_length) {
    struct reader in = {input, input == NULL ? input : input + input_length, 0};
    struct text out = {0};
    *output = NULL;
    *output_length = 0;
    if (!answer(&in, &out)) {
        out.length = 0;
        put(&out, BAD_REQUEST);
    }
    if (out.failed) {
        free(out.at);
        return 1;
    }
    *output = (uint8_t *)out.at;
    *output_length = out.length;
    return 0;
}

void wcc_plugin_free(uint8_t *output, size_t output_length) {
    (void)output_length;
    free(output);
}
