/*
 * Speaks mapcheck's trace language, version 1, on standard input and output, for the implementation
 * behind space.h. To test your own, keep this file and replace space.c.
 */
#define _POSIX_C_SOURCE 200809L /* getline */
#include "space.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nothing is asked that isn't declared here. `drop` is left out, as no frames are counted. */
static const char HELLO[] =
    "ok mapcheck 1 name=template-c surface=memory-set commands=map,replace,unmap,protect,clear"
    " queries=areas,pages,injected,find,overlaps,find-free backends=mock flags=rwxudn page-flags=rwxudn"
    " failure=consistent inject=backend addr-bits=64\n";
static const uint64_t DEFAULT_PAGE = 0x1000; /* until the first `reset` */

static const char LETTERS[] = "rwxudn";
static const char *const ANSWERS[] = {"ok\n", "err InvalidParam\n", "err AlreadyExists\n", "err BadState\n"};

static struct space *space;

/* ---- Answers. Printed by hand into one buffer: printf would take most of the time ---- */

static char out[1 << 16];
static size_t filled;

static void flush(void)
{
    fwrite(out, 1, filled, stdout);
    fflush(stdout);
    filled = 0;
}

/* Room for 512 bytes: for everything that is printed in one go, `hello` too. */
static void make_room(void)
{
    if (filled > sizeof out - 512) flush();
}

static void put(const char *text)
{
    make_room();
    while (*text != '\0') out[filled++] = *text++;
}

/* `before` is what stands between the address and what was printed last. */
static void put_address(const char *before, uint64_t addr)
{
    put(before);
    put("0x");
    int shift = 60;
    while (shift > 0 && addr >> shift == 0) shift -= 4;
    for (; shift >= 0; shift -= 4) out[filled++] = "0123456789abcdef"[addr >> shift & 15];
}

static void put_flags(unsigned flags)
{
    make_room();
    if (flags == 0) out[filled++] = '-';
    for (int i = 0; LETTERS[i] != '\0'; i++) {
        if (flags & 1u << i) out[filled++] = LETTERS[i];
    }
}

static void put_area(const char *before, const struct area *area)
{
    put_address(before, area->start);
    put_address("-", area->end);
    put(" ");
    put_flags(area->flags);
    put(" mock");
}

/* ---- Requests: `at` walks over one line, up to the '\0' behind it ---- */

static const char *at;
static bool malformed; /* set by whatever finds a mistake, and answered at the end */

static bool take_prefix(const char *prefix)
{
    size_t length = strlen(prefix);
    if (strncmp(at, prefix, length) != 0) return false;
    at += length;
    return true;
}

static void end_token(void)
{
    if (*at != ' ' && *at != '\0') malformed = true;
    while (*at == ' ') at++;
}

static bool take_word(const char *word)
{
    size_t length = strlen(word);
    if (strncmp(at, word, length) != 0 || (at[length] != ' ' && at[length] != '\0')) return false;
    at += length;
    end_token();
    return true;
}

static void skip_token(void)
{
    at += strcspn(at, " ");
    end_token();
}

static unsigned digit_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* A number that need not be a whole token, as in a range. */
static uint64_t digits(void)
{
    unsigned base = take_prefix("0x") ? 16 : 10, digit = digit_of(*at);
    uint64_t value = 0;
    if (digit >= base) malformed = true;
    for (; digit < base; digit = digit_of(*++at)) {
        uint64_t most = base == 16 ? UINT64_MAX / 16 : UINT64_MAX / 10;
        if (value > most || value * base > UINT64_MAX - digit) malformed = true;
        value = value * base + digit;
    }
    return value;
}

static uint64_t number(void)
{
    uint64_t value = digits();
    end_token();
    return value;
}

static unsigned flags_operand(void)
{
    unsigned flags = 0;
    for (int i = 0; LETTERS[i] != '\0'; i++) {
        if (*at != LETTERS[i]) continue;
        flags |= 1u << i;
        at++;
    }
    if (flags == 0 && !take_prefix("-")) malformed = true;
    end_token();
    return flags;
}

/* Whether the line was read to its end without a mistake. Nothing may be done before. */
static bool line_ends(void)
{
    if (*at != '\0') malformed = true;
    return !malformed;
}

/* The same for a command, which may carry a failure. */
static bool command_ends(void)
{
    uint64_t calls = take_prefix("!backend=") ? number() : NO_FAILURE;
    if (line_ends()) space_fail_after(space, calls);
    return !malformed;
}

/* ---- What carries out each request and answers it ---- */

static void map(void)
{
    uint64_t start = number(), size = number();
    unsigned flags = flags_operand();
    if (!take_word("mock")) malformed = true;
    bool replace = take_word("replace");
    if (command_ends()) put(ANSWERS[space_map(space, start, size, flags, replace)]);
}

static void unmap(void)
{
    uint64_t start = number(), size = number();
    if (command_ends()) put(ANSWERS[space_unmap(space, start, size)]);
}

static void protect(void)
{
    uint64_t start = number(), size = number();
    unsigned flags = flags_operand();
    if (command_ends()) put(ANSWERS[space_protect(space, start, size, flags)]);
}

static void clear(void)
{
    if (command_ends()) put(ANSWERS[space_clear(space)]);
}

static void areas(void)
{
    size_t count;
    const struct area *areas = space_areas(space, &count);
    if (!line_ends()) return;
    for (size_t i = 0; i < count; i++) put_area(i == 0 ? "ok " : ";", &areas[i]);
    put(count == 0 ? "ok none\n" : "\n");
}

static void pages(void)
{
    size_t count;
    const struct page *pages = space_pages(space, &count);
    if (!line_ends()) return;
    for (size_t i = 0; i < count; i++) {
        put_address(i == 0 ? "ok " : ";", pages[i].start);
        put(":");
        put_flags(pages[i].flags);
    }
    put(count == 0 ? "ok none\n" : "\n");
}

static void injected(void)
{
    if (!line_ends()) return;
    make_room();
    filled += sprintf(out + filled, "ok %" PRIu64 "\n", space_injected(space));
}

static void find(void)
{
    uint64_t addr = number();
    if (!line_ends()) return;
    const struct area *area = space_find(space, addr);
    if (area != NULL) put_area("ok ", area);
    put(area == NULL ? "ok none\n" : "\n");
}

static void overlaps(void)
{
    uint64_t start = number(), size = number();
    if (line_ends()) put(space_overlaps(space, start, size) ? "ok true\n" : "ok false\n");
}

static void find_free(void)
{
    uint64_t hint = number(), size = number(), limit_start = digits(), found;
    if (!take_prefix("-")) malformed = true;
    uint64_t limit_end = number(), align = number();
    if (align == 0 || (align & (align - 1)) != 0) malformed = true;
    if (!line_ends()) return;
    bool any = space_find_free(space, hint, size, limit_start, limit_end, align, &found);
    if (any) put_address("ok ", found);
    put(any ? "\n" : "ok none\n");
}

/* Only the page counts here: a set of areas has no bounds, and takes no frames. */
static void reset(void)
{
    uint64_t page = 0;
    while (*at != '\0') {
        if (take_prefix("page=")) page = number();
        else if (take_prefix("base=") || take_prefix("size=") || take_prefix("frames=")) number();
        else skip_token(); /* a key of a later version */
    }
    if (page == 0 || (page & (page - 1)) != 0) malformed = true;
    if (!line_ends()) return;
    space_destroy(space);
    space = space_create(page);
    put("ok\n");
}

static void hello(void)
{
    uint64_t version = number();
    if (!line_ends()) return;
    put(version == 1 ? HELLO : "err Unsupported\n");
    flush(); /* what else to ask depends on it */
}

static void sync_answers(void)
{
    if (!line_ends()) return;
    put("ok\n");
    flush();
}

/* The most frequent ones first. */
static const struct {
    const char *verb;
    void (*answer)(void);
} REQUESTS[] = {
    {"areas", areas},         {"pages", pages},     {"injected", injected}, {"map", map},
    {"unmap", unmap},         {"protect", protect}, {"clear", clear},       {"find", find},
    {"find-free", find_free}, {"reset", reset},     {"overlaps", overlaps}, {"sync", sync_answers},
    {"hello", hello},
};

static void answer_line(void)
{
    size_t i = 0, count = sizeof REQUESTS / sizeof *REQUESTS;
    while (i < count && !take_word(REQUESTS[i].verb)) i++;
    if (i == count) {
        put("err Unsupported\n");
        return;
    }
    REQUESTS[i].answer();
    if (malformed) put(ANSWERS[INVALID_PARAM]);
}

/* What was answered before a crash tells which request it was. space.c crashes outside of stdio's calls. */
static void on_crash(int number)
{
    flush();
    signal(number, SIG_DFL);
    raise(number);
}

int main(void)
{
    char *line = NULL;
    size_t capacity = 0;
    setvbuf(stdin, NULL, _IOFBF, 1 << 16);
    signal(SIGSEGV, on_crash);
    signal(SIGABRT, on_crash);
    space = space_create(DEFAULT_PAGE);
    for (ssize_t length; (length = getline(&line, &capacity, stdin)) > 0;) {
        if (line[length - 1] == '\n') line[--length] = '\0';
        if (length > 0 && line[length - 1] == '\r') line[--length] = '\0';
        malformed = strlen(line) != (size_t)length;
        at = line + strspn(line, " ");
        if (take_word("quit")) break;
        if ((*at != '\0' || malformed) && *at != '#') answer_line();
    }
    flush();
    free(line);
    space_destroy(space);
    return 0;
}
