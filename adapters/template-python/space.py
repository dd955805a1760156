"""A tiny address space: replace it by one that hands these calls on to your own code.

Addresses and sizes are in bytes, access and flags are sets of letters, a method that refuses raises
`Refused` with the error's name, and a range is half open.
"""

import os
from bisect import bisect_left
from collections import namedtuple

PROTECTION = frozenset("rwx")
PLANTED_BUG = os.environ.get("TEMPLATE_BUG") == "1"


class Refused(Exception):
    """A request that can't be carried out, and that has changed nothing."""


class Frames:
    """Physical memory: hands out frames, as many as there are, and holds the bytes of all pages."""

    FIRST = 0x8000_0000

    def __init__(self, size, limit):
        self.size = size
        self.limit = limit  # 0: none
        self.used = set()
        self.given_back = []
        self.bytes = {}  # of each frame that was written to; all others are zero
        self.fail_after(None)

    def fail_after(self, successes):
        """Lets so many allocations succeed and every later one fail; with None all succeed."""
        self.successes = successes
        self.injected = 0

    def allocate(self):
        """The physical address of a frame of zeros, or None."""
        if self.successes == 0:
            self.injected += 1
            return None
        if self.limit and len(self.used) == self.limit:
            return None
        if self.successes is not None:
            self.successes -= 1
        frame = self.given_back.pop() if self.given_back else self.FIRST + len(self.used) * self.size
        self.used.add(frame)
        self.bytes.pop(frame, None)
        return frame

    def give_back(self, frame):
        self.used.remove(frame)
        self.given_back.append(frame)

    def load(self, address, size):
        at = address % self.size
        return bytes(self.bytes.get(address - at, bytes(self.size))[at : at + size])

    def store(self, address, data):
        at = address % self.size
        frame = self.bytes.setdefault(address - at, bytearray(self.size))
        frame[at : at + len(data)] = data


class Area(namedtuple("Area", "start end flags backend offset")):
    """Pages with the same flags. Those of a linear area map to their own address plus `offset`."""

    def between(self, start, end):
        """What of the area lies in the range: one area or none, in a list."""
        start, end = max(start, self.start), min(end, self.end)
        return [self._replace(start=start, end=end)] if start < end else []

    def outside(self, start, end):
        """What of the area lies outside the range: up to two areas."""
        return self.between(self.start, start) + self.between(end, self.end)

    def overlaps(self, start, end):
        return start < self.end and self.start < end

    @property
    def is_accessible(self):
        return not self.flags.isdisjoint(PROTECTION)


class AddressSpace:
    def __init__(self, base, size, page, frames):
        self.base = base
        self.end = base + size
        self.page = page
        self.frames = Frames(page, frames)
        self.areas = []  # in address order
        self.present = {}  # the frame of each allocated page that has one

    # Commands that change areas. They are atomic: whatever can fail comes first.

    def map(self, start, size, flags, backend, physical=0, replace=False):
        if size == 0 or physical % self.page:
            raise Refused("InvalidParam")
        end = self._end_of_pages(start, size)
        if self.overlaps(start, size) and not replace:
            raise Refused("AlreadyExists")
        pages = range(start, end, self.page) if backend == "alloc:eager" else ()
        frames = self._allocate(len(pages))
        self.unmap(start, size)
        self.present.update(zip(pages, frames))
        self.areas.append(Area(start, end, flags, backend, physical - start))
        self.areas.sort()

    def unmap(self, start, size):
        end = self._end_of_pages(start, size)
        if size == 0:
            return
        self.areas = [part for area in self.areas for part in area.outside(start, end)]
        for page in [page for page in self.present if start <= page < end]:
            self.frames.give_back(self.present.pop(page))

    def protect(self, start, size, flags):
        end = self._end_of_pages(start, size)
        if size > 0:
            self.areas = [part for area in self.areas for part in _protected(area, start, end, flags)]

    def clear(self):
        self.unmap(self.base, self.end - self.base)

    def drop(self):
        """Gives up everything at once; afterwards no frame may be in use."""
        self.areas = []
        for frame in self.present.values():
            self.frames.give_back(frame)
        self.present = {}

    # What a program and the kernel do.

    def fault(self, address, access):
        """The page-fault handler: whether the access can be tried again."""
        area = self.find(address)
        if area is None or area.backend != "alloc:lazy" or not access <= area.flags:
            return False
        page = address - address % self.page
        if page in self.present and not PLANTED_BUG:
            return True  # With the bug such a page gets another frame, and the first is lost.
        frame = self.frames.allocate()
        if frame is not None:
            self.present[page] = frame
        return frame is not None

    def access(self, address, access):
        """The physical address that the processor reaches, or None when it faults for good."""
        if not self._permits(address, access):
            if not self.fault(address, access) or not self._permits(address, access):
                return None
        return self.translate(address)

    def load(self, address, size):
        self._check_in_page(address, size)
        physical = self.access(address, {"r"})
        return None if physical is None else self.frames.load(physical, size)

    def store(self, address, data):
        self._check_in_page(address, len(data))
        physical = self.access(address, {"w"})
        if physical is not None:
            self.frames.store(physical, data)
        return physical is not None

    def read(self, address, size):
        return b"".join(self.frames.load(*part) for part in self._parts(address, size))

    def write(self, address, data):
        done = 0
        for physical, size in self._parts(address, len(data)):
            self.frames.store(physical, data[done : done + size])
            done += size

    # Queries.

    def pages(self):
        """Every accessible page in address order: its address, where it is mapped to, and its flags."""
        allocated = sorted(self.present)
        for area in self.areas:
            if not area.is_accessible:
                continue
            if area.backend == "linear":
                for page in range(area.start, area.end, self.page):
                    yield page, page + area.offset, area.flags
            else:
                first, last = bisect_left(allocated, area.start), bisect_left(allocated, area.end)
                for page in allocated[first:last]:
                    yield page, self.present[page], area.flags

    def translate(self, address):
        area = self.find(address)
        if area is None or not area.is_accessible:
            return None
        if area.backend == "linear":
            return address + area.offset
        at = address % self.page
        frame = self.present.get(address - at)
        return None if frame is None else frame + at

    def find(self, address):
        return next((area for area in self.areas if area.start <= address < area.end), None)

    def overlaps(self, start, size):
        return any(area.overlaps(start, start + size) for area in self.areas)

    def find_free(self, hint, size, limit_start, limit_end, align):
        if size % align:
            return None
        place = _align_up(max(hint, limit_start), align)
        for area in self.areas:
            if area.overlaps(place, place + size):
                place = _align_up(area.end, align)
        return place if place + size <= limit_end else None

    def can_access(self, start, size, access):
        end = start + size
        if not self._is_inside(start, end):
            return False
        for area in self.areas:
            if area.start <= start < area.end and access <= area.flags:
                start = area.end
        return start >= end

    # Checks that several of them share.

    def _is_inside(self, start, end):
        return self.base <= start and end <= self.end

    def _end_of_pages(self, start, size):
        """The end of a range that must be whole pages inside the space."""
        end = start + size
        if not self._is_inside(start, end) or start % self.page or size % self.page:
            raise Refused("InvalidParam")
        return end

    def _check_in_page(self, address, size):
        if address % self.page + size > self.page:
            raise Refused("InvalidParam")

    def _permits(self, address, access):
        area = self.find(address)
        return area is not None and access <= area.flags and self.translate(address) is not None

    def _parts(self, address, size):
        """The physical address and the size of each part of a range that lies in one page."""
        end = address + size
        if not self._is_inside(address, end):
            raise Refused("InvalidParam")
        parts = []
        while address < end:
            size = min(end, address - address % self.page + self.page) - address
            parts.append((self.translate(address), size))
            address += size
        if any(physical is None for physical, _ in parts):
            raise Refused("NotMapped")
        return parts

    def _allocate(self, count):
        """So many frames, or none and `NoMemory`."""
        frames = []
        for _ in range(count):
            frame = self.frames.allocate()
            if frame is None:
                for taken in frames:
                    self.frames.give_back(taken)
                raise Refused("NoMemory")
            frames.append(frame)
        return frames


def _protected(area, start, end, flags):
    """The area with these r, w and x in the range, which splits it if that changes anything."""
    wanted = area.flags - PROTECTION | flags & PROTECTION
    if wanted == area.flags:
        return [area]
    inside = [part._replace(flags=wanted) for part in area.between(start, end)]
    return area.between(area.start, start) + inside + area.between(end, area.end)


def _align_up(address, align):
    return -(-address // align) * align
