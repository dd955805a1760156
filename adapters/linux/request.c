#include "request.h"

#include <string.h>

bool split(char *line, struct request *request) {
    char *rest = line;
    request->words = 0;
    for (char *word; (word = strtok_r(rest, " ", &rest)) != NULL;) {
        if (request->words == MAX_WORDS) return false;
        request->word[request->words++] = word;
    }
    return true;
}

/* What a digit stands for, up to 15; 16 for any other character. */
static unsigned digit(char character) {
    if (character >= '0' && character <= '9') return (unsigned)(character - '0');
    if (character >= 'a' && character <= 'f') return (unsigned)(character - 'a' + 10);
    if (character >= 'A' && character <= 'F') return (unsigned)(character - 'A' + 10);
    return 16;
}

bool parse_number(const char *word, uint64_t *number) {
    unsigned base = 10;
    if (word[0] == '0' && word[1] == 'x') {
        base = 16;
        word += 2;
    }
    if (*word == '\0') return false;
    for (*number = 0; *word != '\0'; word++) {
        if (digit(*word) >= base) return false;
        if (__builtin_mul_overflow(*number, base, number)) return false;
        if (__builtin_add_overflow(*number, digit(*word), number)) return false;
    }
    return true;
}

bool parse_access(const char *word, int *access) {
    static const char LETTERS[] = "rwx";
    *access = 0;
    for (const char *letter = LETTERS; *letter != '\0'; letter++) {
        if (*word != *letter) continue;
        *access |= 1 << (letter - LETTERS);
        word++;
    }
    return *access != 0 && *word == '\0';
}

bool parse_flags(const char *word, int *flags) {
    if (strcmp(word, "-") != 0) return parse_access(word, flags);
    *flags = 0;
    return true;
}

bool parse_bytes(const char *word, unsigned char bytes[MAX_BYTES], size_t *size) {
    size_t digits = strlen(word);
    *size = digits / 2;
    if (digits == 0 || digits % 2 != 0 || *size > MAX_BYTES) return false;
    for (size_t at = 0; at < *size; at++) {
        unsigned high = digit(word[2 * at]), low = digit(word[2 * at + 1]);
        if (high > 15 || low > 15) return false;
        bytes[at] = (unsigned char)(high << 4 | low);
    }
    return true;
}
