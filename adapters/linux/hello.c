#include "hello.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "channel.h"
#include "mappings.h"
#include "space.h"

#define TEXT_OF(number) #number
#define NUMBER_TEXT(macro) TEXT_OF(macro)

struct manner {
    const char *key, *value;
};

/* In what the kernel's manners are others than the contract's. The README cites the manual for each. */
static const struct manner DIALECT[] = {
    {"boundaries", "free"}, {"protect-holes", "stop"}, {"zero-unmap", "invalid"}, {"sizes", "roundup"},
    {"present", "any"},     {"eager-fault", "true"},   {"linear-fault", "true"},
};
static const struct manner NEAR_LIMIT = {"no-memory", "any"};

/* Whether a dialect like `boundaries=exact sizes=exact` has the key. */
static bool has_key(const char *dialect, const char *key) {
    size_t length = strlen(key);
    for (const char *at = dialect; (at = strstr(at, key)) != NULL; at += length) {
        if (at[length] == '=' && (at == dialect || at[-1] == ' ')) return true;
    }
    return false;
}

/* Unless `wrong` says otherwise. */
static void put_manner(struct manner manner, const char *wrong) {
    if (has_key(wrong, manner.key)) return;
    put_char(' ');
    put(manner.key);
    put_char('=');
    put(manner.value);
}

/* LINUX_DIALECT replaces keys, to see that mapcheck notices those that are wrong. */
static void put_dialect(bool near_limit) {
    const char *wrong = getenv("LINUX_DIALECT");
    if (wrong == NULL) wrong = "";
    for (size_t at = 0; at < sizeof DIALECT / sizeof *DIALECT; at++) put_manner(DIALECT[at], wrong);
    if (near_limit) put_manner(NEAR_LIMIT, wrong);
    put_char(' ');
    put(wrong);
}

void put_hello(bool near_limit) {
    struct utsname system;
    uname(&system);
    put("ok mapcheck 1 surface=address-space backends=linear,alloc:eager,alloc:lazy flags=rwx");
    put(" addr-bits=" NUMBER_TEXT(ADDR_BITS));
    put(" commands=map,replace,unmap,protect,clear,fault,access,load,store,write,drop");
    put(can_query_mappings() ? " queries=areas,read,find,overlaps,can-access" : " queries=areas,read");
    put(" name=linux-");
    put(system.release);
    put_dialect(near_limit);
    put_char('\n');
}
