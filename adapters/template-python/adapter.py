"""Speaks mapcheck's trace language, version 1, for the address space in space.py.

To test one of your own, keep this file and replace space.py.
"""

import re
import sys
import traceback

from space import AddressSpace, Refused

HELLO = (
    "mapcheck 1 name=template-python surface=address-space backends=linear,alloc:eager,alloc:lazy"
    " flags=rwxudn page-flags=rwxudn failure=atomic inject=frame addr-bits=48"
)
LETTERS = "rwxudn"


class Malformed(Exception):
    """A line that is not a request."""


# Operands: each takes a token.


def number(token):
    if not re.fullmatch("0x[0-9a-fA-F]+|[0-9]{1,20}", token):
        raise Malformed
    value = int(token, 16 if token.startswith("0x") else 10)
    if value >= 1 << 64:
        raise Malformed
    return value


def data_size(token):
    size = number(token)
    if not 1 <= size <= 8192:
        raise Malformed
    return size


def letters(token):
    """Flags or an access: letters in their order, each at most once."""
    if not token or token != "".join(letter for letter in LETTERS if letter in token):
        raise Malformed
    return frozenset(token)


def flags(token):
    return frozenset() if token == "-" else letters(token)


def access(token):
    if not letters(token) <= frozenset("rwx"):
        raise Malformed
    return letters(token)


def data(token):
    if not re.fullmatch("([0-9a-fA-F]{2}){1,8192}", token):
        raise Malformed
    return bytes.fromhex(token)


def limit(token):
    start, _, end = token.partition("-")
    return number(start), number(end)


def power_of_two(token):
    value = number(token)
    if value == 0 or value & (value - 1):
        raise Malformed
    return value


def backend(token):
    """Its kind, and the physical start, which only a linear one has."""
    if token in ("alloc:eager", "alloc:lazy"):
        return token, 0
    kind, _, physical = token.partition(":")
    if kind != "linear":
        raise Malformed
    return kind, number(physical)


# Values: each prints what stands behind `ok`.


def nothing(_):
    return ""


def truth(value):
    return "true" if value else "false"


def address(value):
    return "none" if value is None else hex(value)


def reached(value):
    return "fault" if value is None else hex(value)


def loaded(value):
    return "fault" if value is None else value.hex()


def stored(value):
    return "" if value else "fault"


def flag_letters(value):
    return "".join(letter for letter in LETTERS if letter in value) or "-"


def area(value):
    if value is None:
        return "none"
    start, end, area_flags, kind, offset = value
    if kind == "linear":
        kind = f"linear:{start + offset:#x}"
    return f"{start:#x}-{end:#x} {flag_letters(area_flags)} {kind}"


def areas(values):
    return ";".join(map(area, values)) or "none"


def pages(values):
    return ";".join(f"{page:#x}={frame:#x}:{flag_letters(bits)}" for page, frame, bits in values) or "none"


def frame_counts(value):
    return f"data={value} table=0"


# What calls the implementation, and the operands and the value of each request.


def map_area(space, start, size, bits, place, replace=False):
    kind, physical = place
    return space.map(start, size, bits, kind, physical, replace)


def map_replacing(*operands):
    return map_area(*operands, replace=True)


def find_free(space, hint, size, bounds, align):
    return space.find_free(hint, size, *bounds, align)


def hello(_, version):
    if version != 1:
        raise Refused("Unsupported")
    return HELLO


COMMANDS = {
    "map": (map_area, (number, number, flags, backend), nothing),
    "map replace": (map_replacing, (number, number, flags, backend), nothing),
    "unmap": (AddressSpace.unmap, (number, number), nothing),
    "protect": (AddressSpace.protect, (number, number, flags), nothing),
    "clear": (AddressSpace.clear, (), nothing),
    "fault": (AddressSpace.fault, (number, access), truth),
    "access": (AddressSpace.access, (number, access), reached),
    "load": (AddressSpace.load, (number, data_size), loaded),
    "store": (AddressSpace.store, (number, data), stored),
    "write": (AddressSpace.write, (number, data), nothing),
}
QUERIES = {
    "areas": (lambda space: space.areas, (), areas),
    "pages": (AddressSpace.pages, (), pages),
    "frames": (lambda space: len(space.frames.used), (), frame_counts),
    "injected": (lambda space: space.frames.injected, (), str),
    "find": (AddressSpace.find, (number,), area),
    "overlaps": (AddressSpace.overlaps, (number, number), truth),
    "find-free": (find_free, (number, number, limit, power_of_two), address),
    "can-access": (AddressSpace.can_access, (number, number, access), truth),
    "translate": (AddressSpace.translate, (number,), address),
    "read": (AddressSpace.read, (number, data_size), bytes.hex),
}
SESSION = {
    "hello": (hello, (number,), str),
    "drop": (AddressSpace.drop, (), nothing),
    "sync": (lambda space: None, (), nothing),
}


class Adapter:
    def __init__(self):
        self.space = AddressSpace(0, 0x10000, 0x1000, 0)

    def answer(self, verb, tokens):
        """What stands behind `ok`."""
        if verb in COMMANDS:
            return self.command(verb, tokens)
        if verb in QUERIES:
            return self.carry_out(QUERIES[verb], tokens)
        if verb in SESSION:
            return self.carry_out(SESSION[verb], tokens)
        if verb == "reset":
            return self.reset(tokens)
        raise Refused("Unsupported")

    def command(self, verb, tokens):
        """A command may carry a failure, as its last token; without one nothing fails."""
        successes = None
        if tokens and tokens[-1].startswith("!frame="):
            successes = number(tokens.pop()[len("!frame=") :])
        if verb == "map" and tokens and tokens[-1] == "replace":
            verb = "map replace"
            tokens.pop()
        self.space.frames.fail_after(successes)
        return self.carry_out(COMMANDS[verb], tokens)

    def carry_out(self, request, tokens):
        call, readers, printer = request
        if len(tokens) != len(readers):
            raise Malformed
        operands = [reader(token) for reader, token in zip(readers, tokens)]
        return printer(call(self.space, *operands))

    def reset(self, tokens):
        """Keys that later versions may add are ignored."""
        values = dict(token.partition("=")[::2] for token in tokens)
        base, size, frames = (number(values.get(key, "")) for key in ("base", "size", "frames"))
        self.space = AddressSpace(base, size, power_of_two(values.get("page", "")), frames)
        return ""


def answer_line(adapter, verb, tokens):
    try:
        return f"ok {adapter.answer(verb, tokens)}".rstrip()
    except Refused as error:
        return f"err {error}"
    except Malformed:
        return "err InvalidParam"
    except Exception as error:
        # A finding: the harness shows the traceback beside it.
        traceback.print_exc()
        return f"panic {type(error).__name__}: {' '.join(str(error).split())}"


def main():
    sys.stdin.reconfigure(encoding="utf-8", errors="replace", newline="\n")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    adapter = Adapter()
    for line in sys.stdin:
        line = line[:-1] if line.endswith("\n") else line
        line = line[:-1] if line.endswith("\r") else line
        verb, *tokens = [token for token in line.split(" ") if token] or ["#"]
        if verb.startswith("#"):
            continue
        if verb == "quit":
            break
        # What else the harness asks depends on the answer to `hello`.
        print(answer_line(adapter, verb, tokens), flush=verb in ("hello", "sync"))


if __name__ == "__main__":
    main()
