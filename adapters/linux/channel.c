#include "channel.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* No request is longer than 65,536 bytes. */
static char input[2 * 65536];
static size_t input_from, input_to;

static char output[65536];
static size_t output_size;

static const char DIGITS[] = "0123456789abcdef";

/* Reads more behind what is there. Whoever talks to us may be waiting for our answers, so they go first. */
static bool fill(void) {
    flush();
    memmove(input, input + input_from, input_to - input_from);
    input_to -= input_from;
    input_from = 0;
    if (input_to == sizeof input) die("a line is too long");
    ssize_t got;
    do {
        got = read(STDIN_FILENO, input + input_to, sizeof input - input_to);
    } while (got < 0 && errno == EINTR);
    if (got <= 0) return false;
    input_to += (size_t)got;
    return true;
}

char *read_line(void) {
    size_t seen = 0;
    for (;;) {
        char *line = input + input_from;
        char *end = memchr(line + seen, '\n', input_to - input_from - seen);
        if (end != NULL) {
            input_from = (size_t)(end + 1 - input);
            *end = '\0';
            if (end > line && end[-1] == '\r') end[-1] = '\0';
            return line;
        }
        seen = input_to - input_from;
        if (!fill()) return NULL;
    }
}

void put_char(char character) {
    if (output_size == sizeof output) flush();
    output[output_size++] = character;
}

void put(const char *text) {
    while (*text != '\0') put_char(*text++);
}

void put_hex(uint64_t number) {
    int shift = 60;
    while (shift > 0 && number >> shift == 0) shift -= 4;
    put("0x");
    for (; shift >= 0; shift -= 4) put_char(DIGITS[number >> shift & 15]);
}

void put_bytes(const unsigned char *bytes, size_t size) {
    for (size_t at = 0; at < size; at++) {
        put_char(DIGITS[bytes[at] >> 4]);
        put_char(DIGITS[bytes[at] & 15]);
    }
}

void flush(void) {
    size_t done = 0;
    while (done < output_size) {
        ssize_t written = write(STDOUT_FILENO, output + done, output_size - done);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) exit(EXIT_FAILURE);
        done += (size_t)written;
    }
    output_size = 0;
}

void die(const char *format, ...) {
    flush();
    va_list arguments;
    va_start(arguments, format);
    fputs("linux adapter: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(EXIT_FAILURE);
}
