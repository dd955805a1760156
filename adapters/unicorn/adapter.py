"""Speaks mapcheck's trace language for the memory of the Unicorn CPU emulator."""

import faulthandler
import gc
import os
import sys

import unicorn
from unicorn import (
    UC_ERR_ARG,
    UC_ERR_MAP,
    UC_ERR_NOMEM,
    UC_ERR_READ_UNMAPPED,
    UC_ERR_WRITE_UNMAPPED,
    UC_PROT_EXEC,
    UC_PROT_READ,
    UC_PROT_WRITE,
    UcError,
)

from machine import ADDRESS_BITS, Fault, Machine

DIALECT = {
    "boundaries": "free",
    "protect-holes": "refuse",
    "unmap-holes": "refuse",
}
BITS = {"r": UC_PROT_READ, "w": UC_PROT_WRITE, "x": UC_PROT_EXEC}
ERRORS = {
    UC_ERR_ARG: "InvalidParam",
    UC_ERR_MAP: "AlreadyExists",
    UC_ERR_NOMEM: "NoMemory",
    UC_ERR_READ_UNMAPPED: "NotMapped",
    UC_ERR_WRITE_UNMAPPED: "NotMapped",
}


class Refused(Exception):
    """A request that is answered `err` without asking Unicorn."""


def number(text):
    value = int(text, 16) if text.startswith("0x") else int(text, 10)
    if not 0 <= value < 1 << 64:
        raise ValueError(text)
    return value


def permissions(text):
    return 0 if text == "-" else sum(BITS[letter] for letter in text)


def letters(bits):
    return "".join(letter for letter, bit in BITS.items() if bits & bit) or "-"


class Adapter:
    def __init__(self):
        self.machine = None
        self.base = 0
        self.end = 0
        self.verbs = {
            "hello": self.hello,
            "reset": self.reset,
            "drop": self.drop,
            "sync": self.sync,
            "map": self.map,
            "unmap": self.unmap,
            "protect": self.protect,
            "clear": self.clear,
            "access": self.access,
            "load": self.load,
            "store": self.store,
            "write": self.write,
            "areas": self.areas,
            "read": self.read,
        }

    def answer(self, line):
        verb, *operands = line.split()
        try:
            if verb not in self.verbs:
                raise Refused("Unsupported")
            value = self.verbs[verb](*operands)
        except Fault:
            return "ok fault"
        except Refused as refused:
            return f"err {refused}"
        except (ValueError, KeyError, TypeError):
            return "err InvalidParam"
        except UcError as error:
            return f"err {ERRORS[error.errno]}" if error.errno in ERRORS else f"panic {error}"
        except RuntimeError as error:
            return f"panic {error}"
        return f"ok {value}" if value else "ok"

    def hello(self, version):
        if version != "1":
            raise Refused("Unsupported")
        # Overriding a key shows that mapcheck notices when it is wrong.
        override = dict(word.split("=") for word in os.environ.get("UNICORN_DIALECT", "").split())
        dialect = " ".join(f"{key}={value}" for key, value in {**DIALECT, **override}.items())
        return (
            f"mapcheck 1 name=unicorn-{unicorn.__version__} surface=address-space"
            f" commands=map,unmap,protect,clear,access,load,store,write,drop queries=areas,read"
            f" backends=alloc:eager flags=rwx addr-bits={ADDRESS_BITS} {dialect}"
        )

    def reset(self, *words):
        space = dict(word.split("=") for word in words)
        self.drop()
        self.base = number(space["base"])
        self.end = self.base + number(space["size"])
        self.machine = Machine(number(space["page"]))

    def drop(self):
        self.machine = None
        # The engine's hook refers back to it. Without this it would be closed
        # at some later time, and a crash in that blamed on another run.
        gc.collect()

    def sync(self):
        pass

    def map(self, start, size, flags, backend):
        if backend != "alloc:eager":
            raise Refused("Unsupported")
        self.machine.memory.mem_map(*self.range(start, size), permissions(flags))

    def unmap(self, start, size):
        self.machine.memory.mem_unmap(*self.range(start, size))

    def protect(self, start, size, flags):
        self.machine.memory.mem_protect(*self.range(start, size), permissions(flags))

    def clear(self):
        for first, last, _ in self.machine.regions():
            self.machine.memory.mem_unmap(first, last + 1 - first)

    def access(self, address, kinds):
        accesses = {
            "r": self.machine.read_byte,
            "w": self.machine.write_byte,
            "x": self.machine.execute,
        }
        for kind in kinds:
            accesses[kind](number(address))

    def load(self, address, size):
        return self.machine.load(number(address), number(size)).hex()

    def store(self, address, data):
        self.machine.store(number(address), bytes.fromhex(data))

    def write(self, address, data):
        data = bytes.fromhex(data)
        start, size = self.range(address, len(data))
        self.refuse_guards(start, size)
        self.machine.memory.mem_write(start, data)

    def read(self, address, size):
        start, size = self.range(address, size)
        self.refuse_guards(start, size)
        return self.machine.memory.mem_read(start, size).hex()

    def areas(self):
        return ";".join(
            f"{first:#x}-{last + 1:#x} {letters(bits)} alloc:eager"
            for first, last, bits in self.machine.regions()
        ) or "none"

    def range(self, start, size):
        """Unicorn's memory has no bounds but those of 64 bits: the space's are kept here."""
        start = number(start)
        size = size if isinstance(size, int) else number(size)
        if not self.base <= start <= start + size <= self.end:
            raise Refused("InvalidParam")
        return start, size

    def refuse_guards(self, start, size):
        """mem_read and mem_write look at no permissions; the contract's guard pages are NotMapped."""
        for first, last, bits in self.machine.regions():
            if bits == 0 and first < start + size and start <= last:
                raise Refused("NotMapped")


def main():
    faulthandler.enable()
    # What is there now stays: the collector needn't look at it in each drop.
    gc.freeze()
    sys.stdin.reconfigure(errors="replace")
    # Each answer is on its way before the next request runs: Unicorn may crash in that.
    sys.stdout.reconfigure(line_buffering=True)
    adapter = Adapter()
    for line in sys.stdin:
        request = line.strip()
        if request == "quit":
            break
        if request and not request.startswith("#"):
            print(adapter.answer(request))


if __name__ == "__main__":
    main()
