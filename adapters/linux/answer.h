/* The answers that are the same whatever was asked. */
#ifndef ANSWER_H
#define ANSWER_H

enum answer {
    OK,
    YES,
    NO,
    FAULT,
    NONE,
    INVALID_PARAM,
    ALREADY_EXISTS,
    NO_MEMORY,
    NOT_MAPPED,
    UNSUPPORTED,
    /* The answer, another one, is in the output already. */
    ANSWERED,
};

#endif
