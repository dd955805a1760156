/** Subjects with manners of their own: others wrapped, so that they answer or show what the dialect is about. */
import { joined } from "../../models/boundaries.ts";
import type { Instance, Subject } from "../subjects/subject.ts";
import { physAddr, virtAddr } from "../trace/address.ts";
import { type Answer, type AreaRecord, ERRORS, FALSE, NO_ADDRESS, TRUE } from "../trace/answer.ts";
import { READ } from "../trace/flags.ts";
import type { Observation } from "../trace/observation.ts";
import type { MapCommand, ProtectCommand, Request, UnmapCommand } from "../trace/request.ts";
import { addressLimit, type Space, type Terms } from "../trace/space.ts";

/** A command about a range. */
type RangeCommand = MapCommand | UnmapCommand | ProtectCommand;

/** What to do about a command about a range; `undefined` for what the inner instance does. */
type Habit = (command: RangeCommand, inner: Instance, terms: Terms) => Answer | undefined;

function wrapped(subject: Subject, wrap: (inner: Instance, space: Space) => Partial<Instance>): Subject {
  return {
    hello: subject.hello,
    create: (space) => {
      const inner = subject.create(space);
      return {
        apply: (request) => inner.apply(request),
        observe: (into) => inner.observe(into),
        ...(inner.drop && { drop: (into: Observation) => inner.drop?.(into) }),
        ...wrap(inner, space),
      };
    },
  };
}

function habitual(habit: Habit): (subject: Subject) => Subject {
  return (subject) =>
    wrapped(subject, (inner, space) => ({
      apply: (request) => {
        const isRange = request.op === "map" || request.op === "unmap" || request.op === "protect";
        const answer = isRange ? habit(request, inner, { space, hello: subject.hello }) : undefined;
        return answer ?? inner.apply(request);
      },
    }));
}

/** Shows other areas that cover the same pages. */
export function reshaping(
  reshape: (areas: readonly AreaRecord[], page: number) => readonly AreaRecord[],
): (subject: Subject) => Subject {
  return (subject) =>
    wrapped(subject, (inner, { page }) => ({
      apply: (request) => {
        const areas = reshape(areasOf(inner), page);
        if (request.op === "areas") return { kind: "areas", areas };
        if (request.op !== "find") return inner.apply(request);
        const { addr } = request;
        return { kind: "area", area: areas.find(({ start, end }) => start <= addr && addr < end) ?? null };
      },
      observe: (into) => {
        inner.observe(into);
        into.areaCount = 0;
        for (const { start, end, flags, backend } of reshape(areasOf(inner), page)) {
          into.area(
            start,
            end,
            flags,
            backend.kind,
            backend.kind === "linear" ? backend.physical : undefined,
          );
        }
      },
    }));
}

/** Merges areas where it can. */
export const merging = reshaping(joined);

/** Splits areas into pages. */
export const splitting = reshaping((areas, page) =>
  areas.flatMap(({ start, end, flags, backend }) =>
    Array.from({ length: (end - start) / page }, (_, index) => ({
      start: virtAddr(start + index * page),
      end: virtAddr(start + (index + 1) * page),
      flags,
      backend:
        backend.kind === "linear"
          ? { kind: backend.kind, physical: physAddr(backend.physical + index * page) }
          : backend,
    })),
  ),
);

/** A protect stops at the first hole. */
export const stopping = habitual((command, inner, terms) => {
  const hole = command.op === "protect" ? holeIn(command, inner, terms) : undefined;
  if (hole === undefined) return undefined;
  if (hole > command.start) inner.apply({ ...command, size: hole - command.start });
  return ERRORS.NoMemory;
});

/** A protect, or an unmap, refuses a range with a hole. */
export function refusing(op: "unmap" | "protect"): (subject: Subject) => Subject {
  return habitual((command, inner, terms) =>
    command.op === op && holeIn(command, inner, terms) !== undefined ? ERRORS.NoMemory : undefined,
  );
}

/** A protect of a range with a hole changes all of it, or the second half, and answers that it failed. */
export const blaming = habitual((command, inner, terms) => {
  if (command.op !== "protect" || holeIn(command, inner, terms) === undefined) return undefined;
  const half = halfOf(command, terms.space.page);
  inner.apply({ ...command, start: virtAddr(command.start + half), size: command.size - half });
  return ERRORS.NoMemory;
});

/** An empty range is refused. */
export function refusingEmpty(op: "unmap" | "protect"): (subject: Subject) => Subject {
  return habitual(({ op: asked, size }) => (asked === op && size === 0 ? ERRORS.InvalidParam : undefined));
}

/** Sizes are rounded up. */
export const rounding = habitual((command, inner, { space: { page } }) =>
  inner.apply({ ...command, size: Math.ceil(command.size / page) * page }),
);

/** Now and then there is no memory when half the work is done. */
export const limited = (subject: Subject): Subject => {
  let count = 0;
  const wrap = habitual((command, inner, terms) => {
    if (count++ % 3 !== 0) return undefined;
    const { op, start } = command;
    const size = halfOf(command, terms.space.page);
    if (size === 0 || !isSound(command, terms)) return ERRORS.NoMemory;
    if (op === "protect") inner.apply({ ...command, size });
    else if (op === "unmap" || command.replace) inner.apply({ op: "unmap", start, size });
    return ERRORS.NoMemory;
  });
  return wrap(subject);
};

/** Faults that are permitted are answered `true` in areas of this kind. */
export function tolerant(kind: "alloc:eager" | "linear"): (subject: Subject) => Subject {
  return (subject) =>
    wrapped(subject, (inner) => ({
      apply: (request) => {
        const answer = inner.apply(request);
        if (request.op !== "fault" || answer !== FALSE) return answer;
        const { addr, access } = request;
        const area = areasOf(inner).find(({ start, end }) => start <= addr && addr < end);
        return area?.backend.kind === kind && (area.flags & access) === access ? TRUE : FALSE;
      },
    }));
}

/** Pages come in before they are read or written, every second one hides, and nothing is known of frames. */
export const paging = (subject: Subject): Subject =>
  wrapped(subject, (inner, { page }) => {
    const hides = (addr: number) => (addr / page) % 2 >= 1;
    return {
      apply: (request) => {
        bringIn(inner, request, page);
        const answer = inner.apply(request);
        if (request.op === "translate" && hides(request.addr)) return NO_ADDRESS;
        if (answer.kind === "frames") return { ...answer, data: answer.data + 1 };
        if (answer.kind !== "pages") return answer;
        const pages = answer.pages.filter(({ addr }) => !hides(addr));
        return { kind: "pages", pages: pages.map((each) => ({ ...each, flags: each.flags & READ })) };
      },
      observe: (into) => {
        inner.observe(into);
        into.pageCount = 0;
        const answer = inner.apply({ op: "pages" });
        for (const { addr, flags, physical } of answer.kind === "pages" ? answer.pages : []) {
          if (!hides(addr)) into.page(addr, flags & READ, physical);
        }
        into.hardware = undefined;
        into.dataFrames++;
      },
    };
  });

/** No page shows at all. */
export const secretive = (subject: Subject): Subject => {
  const { hello } = subject;
  const quiet = { ...hello, queries: hello.queries.filter((query) => query !== "pages") };
  return wrapped({ ...subject, hello: quiet }, (inner) => ({
    observe: (into) => {
      inner.observe(into);
      into.pageCount = 0;
      into.showsPages = false;
      into.hardware = undefined;
    },
  }));
};

/** Brings the pages in that are about to be read or written. */
function bringIn(inner: Instance, request: Request, page: number): void {
  if (request.op === "read") touch(inner, request.start, request.size, page);
  if (request.op === "write") touch(inner, request.addr, request.bytes.length, page);
}

function touch(inner: Instance, start: number, size: number, page: number): void {
  for (let addr = start - (start % page); addr < start + size; addr += page) {
    inner.apply({ op: "fault", addr: virtAddr(addr), access: READ });
  }
}

function areasOf(inner: Instance): readonly AreaRecord[] {
  const answer = inner.apply({ op: "areas" });
  return answer.kind === "areas" ? answer.areas : [];
}

/** The first address of a sound range that lies in no area. */
function holeIn(command: RangeCommand, inner: Instance, terms: Terms): number | undefined {
  if (!isSound(command, terms)) return undefined;
  let addr: number = command.start;
  for (const { start, end } of areasOf(inner)) if (start <= addr && addr < end) addr = end;
  return addr < command.start + command.size ? addr : undefined;
}

/** Whether the command would not be refused as `InvalidParam`, if it is about more than 0 bytes. */
function isSound(command: RangeCommand, { space, hello }: Terms): boolean {
  const { start, size } = command;
  const end = start + size;
  if (hello.surface === "memory-set") return end < addressLimit(hello);
  if (command.op === "map" && command.backend.kind === "linear") {
    if (command.backend.physical % space.page !== 0) return false;
  }
  const inside = space.base <= start && end <= space.base + space.size;
  return inside && start % space.page === 0 && size % space.page === 0;
}

function halfOf({ size }: RangeCommand, page: number): number {
  return Math.floor(size / page / 2) * page;
}
