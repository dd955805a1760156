"""One emulated machine: Unicorn's memory, and an ARM64 processor to access it."""

from unicorn import (
    UC_ARCH_ARM64,
    UC_ERR_FETCH_PROT,
    UC_ERR_FETCH_UNMAPPED,
    UC_ERR_READ_PROT,
    UC_ERR_READ_UNMAPPED,
    UC_ERR_WRITE_PROT,
    UC_ERR_WRITE_UNMAPPED,
    UC_HOOK_CODE,
    UC_MODE_ARM,
    UC_PROT_EXEC,
    UC_PROT_READ,
    UC_PROT_WRITE,
    Uc,
    UcError,
)
from unicorn.arm64_const import UC_ARM64_REG_X0, UC_ARM64_REG_X1, UC_ARM64_REG_X2

# Spaces lie below this address. What the adapter itself needs lies from it on:
# nothing that mapcheck asks for can touch it.
ADDRESS_BITS = 47
CODE = 1 << ADDRESS_BITS
BUFFER = CODE + 0x1000

# ARM64, because its instructions are 4 aligned bytes: executing one never
# reaches into the next page, whatever the bytes say.
COPY = CODE
COPY_WORDS = (
    0x38401403,  # ldrb w3, [x0], #1
    0x38001423,  # strb w3, [x1], #1
    0xF1000442,  # subs x2, x2, #1
    0x54FFFFA1,  # b.ne the first of these
)
READ = CODE + 0x40
READ_WORDS = (0x39400003,)  # ldrb w3, [x0]
# Stores the byte that is there already: an access changes nothing.
WRITE = CODE + 0x80
WRITE_WORDS = (
    0x39400003,  # ldrb w3, [x0]
    0x39000003,  # strb w3, [x0]
)
NOWHERE = CODE + 0xC0

FAULTS = frozenset(
    (
        UC_ERR_FETCH_PROT,
        UC_ERR_FETCH_UNMAPPED,
        UC_ERR_READ_PROT,
        UC_ERR_READ_UNMAPPED,
        UC_ERR_WRITE_PROT,
        UC_ERR_WRITE_UNMAPPED,
    )
)


class Fault(Exception):
    """The processor was refused an access."""


class Machine:
    """An empty machine. `memory` is the Unicorn engine itself."""

    def __init__(self, page):
        self.memory = Uc(UC_ARCH_ARM64, UC_MODE_ARM)
        # Where nothing is said, ARM64 has pages of 1 KiB.
        self.memory.ctl_set_page_size(page)
        self.memory.mem_map(CODE, page, UC_PROT_READ | UC_PROT_EXEC)
        self.memory.mem_map(BUFFER, page, UC_PROT_READ | UC_PROT_WRITE)
        for address, words in ((COPY, COPY_WORDS), (READ, READ_WORDS), (WRITE, WRITE_WORDS)):
            self.memory.mem_write(address, b"".join(word.to_bytes(4, "little") for word in words))
        self._reached = False
        self.memory.hook_add(UC_HOOK_CODE, self._reach, begin=0, end=CODE - 1)

    def regions(self):
        """What mem_regions tells, the adapter's own pages left out: (first byte, last byte, permissions)."""
        return [region for region in self.memory.mem_regions() if region[0] < CODE]

    def load(self, address, size):
        self._copy(address, BUFFER, size)
        return self.memory.mem_read(BUFFER, size)

    def store(self, address, data):
        self.memory.mem_write(BUFFER, data)
        self._copy(BUFFER, address, len(data))

    def read_byte(self, address):
        self.memory.reg_write(UC_ARM64_REG_X0, address)
        self._run(READ, READ + 4 * len(READ_WORDS))

    def write_byte(self, address):
        self.memory.reg_write(UC_ARM64_REG_X0, address)
        self._run(WRITE, WRITE + 4 * len(WRITE_WORDS))

    def execute(self, address):
        """Fetches and decodes the instruction there; the hook stops it before it does anything."""
        self._reached = False
        self._run(address & ~3, NOWHERE)
        if not self._reached:
            raise RuntimeError(f"the instruction at {address:#x} was neither reached nor refused")

    def _copy(self, source, target, size):
        self.memory.reg_write(UC_ARM64_REG_X0, source)
        self.memory.reg_write(UC_ARM64_REG_X1, target)
        self.memory.reg_write(UC_ARM64_REG_X2, size)
        self._run(COPY, COPY + 4 * len(COPY_WORDS))

    def _run(self, begin, end):
        try:
            self.memory.emu_start(begin, end)
        except UcError as error:
            if error.errno in FAULTS:
                raise Fault from error
            raise

    def _reach(self, engine, _address, _size, _data):
        self._reached = True
        engine.emu_stop()
