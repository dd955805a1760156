import { type PhysAddr, physAddr, virtAddr } from "../trace/address.ts";
import { EXECUTE, type Flags, READ, WRITE } from "../trace/flags.ts";
import type { Backend, Command } from "../trace/request.ts";
import type { Space } from "../trace/space.ts";

/** The commands that a scope can have, in the order in which they are tried. */
export const SCOPE_COMMANDS = [
  "map",
  "unmap",
  "protect",
  "clear",
  "replace",
  "fault",
  "access",
  "store",
  "load",
  "write",
] as const;

/** A command of a scope; `replace` is `map … replace`. */
export type ScopeCommand = (typeof SCOPE_COMMANDS)[number];

/** A bounded part of all that an implementation can be asked. */
export interface Scope {
  /** Where it takes place: every range of its pages is used. */
  readonly space: Space;
  /** The flags of `map`, `replace` and `protect`. */
  readonly flags: readonly Flags[];
  readonly commands: readonly ScopeCommand[];
  readonly backends: readonly Backend["kind"][];
  /** Whether each command is also tried with each single failure that can be injected into it. */
  readonly inject: boolean;
}

/** Where the pages of linear areas lie: the first page of the space here, and so on in step. */
const LINEAR_START = 0x4000_0000;

/** What stores and writes leave in a page's first byte. */
const VALUES = [Uint8Array.of(0), Uint8Array.of(1)];

/** Every command of a scope, without failures: the simple ones first, at the lowest pages first. */
export function commandsOf(scope: Scope): Command[] {
  return SCOPE_COMMANDS.filter((name) => scope.commands.includes(name)).flatMap((name) =>
    commandsNamed(name, scope),
  );
}

function commandsNamed(name: ScopeCommand, scope: Scope): Command[] {
  const { flags } = scope;
  const ranges = rangesOf(scope.space);
  switch (name) {
    case "map":
    case "replace":
      return backendsOf(scope).flatMap((backendAt) =>
        ranges.flatMap(({ start, size }) =>
          flags.map((flags): Command => {
            return { op: "map", start, size, flags, backend: backendAt(start), replace: name === "replace" };
          }),
        ),
      );
    case "unmap":
      return ranges.map((range) => ({ op: "unmap", ...range }));
    case "protect":
      return ranges.flatMap((range) => flags.map((flags): Command => ({ op: "protect", ...range, flags })));
    case "clear":
      return [{ op: "clear" }];
    case "fault":
    case "access":
      return pagesOf(scope.space).flatMap((addr) =>
        accessesOf(flags).map((access): Command => ({ op: name, addr, access })),
      );
    case "store":
    case "write":
      return pagesOf(scope.space).flatMap((addr) =>
        VALUES.map((bytes): Command => ({ op: name, addr, bytes })),
      );
    case "load":
      return pagesOf(scope.space).map((addr) => ({ op: "load", addr, size: 1 }));
  }
}

/** Every non-empty range of pages, the small ones first. */
function rangesOf({ base, size, page }: Space) {
  const count = size / page;
  return Array.from({ length: count }, (_, shorter) => shorter + 1).flatMap((length) =>
    Array.from({ length: count - length + 1 }, (_, first) => ({
      start: virtAddr(base + first * page),
      size: length * page,
    })),
  );
}

function pagesOf({ base, size, page }: Space) {
  return Array.from({ length: size / page }, (_, index) => virtAddr(base + index * page));
}

function accessesOf(flags: readonly Flags[]): Flags[] {
  return flags.some((each) => (each & EXECUTE) !== 0) ? [READ, WRITE, EXECUTE] : [READ, WRITE];
}

function backendsOf({ backends, space }: Scope): ((start: number) => Backend)[] {
  return backends.map((kind) => {
    if (kind === "linear") return (start) => ({ kind, physical: physicalOf(start - space.base) });
    return () => ({ kind });
  });
}

function physicalOf(offset: number): PhysAddr {
  return physAddr(LINEAR_START + offset);
}
