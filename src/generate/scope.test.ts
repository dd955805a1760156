import { describe, expect, test } from "vitest";
import { virtAddr } from "../trace/address.ts";
import { EXECUTE, NO_FLAGS, READ, WRITE } from "../trace/flags.ts";
import { linesOf } from "../trace/literal.fixture.ts";
import type { Command } from "../trace/request.ts";
import { OFFERS, type Space } from "../trace/space.ts";
import { commandsOf, SCOPE_COMMANDS, type Scope } from "./scope.ts";

const BASE = 0x7000;
const PAGE = 0x1000;

function pages(count: number): Space {
  return { base: virtAddr(BASE), size: count * PAGE, page: PAGE, frames: 0 };
}

const FLAGS = [NO_FLAGS, READ, READ | WRITE, READ | EXECUTE];
const RANGES = ["map", "replace", "unmap", "protect"] as const;

function scope(changes: Partial<Scope> = {}): Scope {
  const { backends } = OFFERS["address-space"];
  return { space: pages(3), flags: FLAGS, commands: SCOPE_COMMANDS, backends, inject: true, ...changes };
}

function linesIn(changes: Partial<Scope>): string[] {
  return linesOf(commandsOf(scope(changes)));
}

/** Where a command begins and ends: `clear` is nowhere. */
function extentOf(command: Command): { readonly start: number; readonly end: number } {
  if (command.op === "clear") return { start: BASE, end: BASE };
  if ("start" in command) return { start: command.start, end: command.start + command.size };
  return { start: command.addr, end: command.addr + 1 };
}

describe("the commands of a scope", () => {
  test.each([1, 2, 3, 4, 7].flatMap((n) => [1, 2, 4].map((f) => [n, f] as const)))(
    "are n(n+1)/2 times 3f+1, for %i pages and %i flags",
    (n, f) => {
      const flags = FLAGS.slice(0, f);
      const all = commandsOf(scope({ space: pages(n), flags, commands: RANGES, backends: ["mock"] }));
      expect(all).toHaveLength(((n * (n + 1)) / 2) * (3 * f + 1));
    },
  );

  test("have every backend, and every page for what is about one byte", () => {
    const counts = SCOPE_COMMANDS.map((name) => [name, commandsOf(scope({ commands: [name] })).length]);
    const [ranges, flags, backends, accesses, values] = [6, 4, 3, 3, 2];
    expect(Object.fromEntries(counts)).toEqual({
      map: ranges * flags * backends,
      replace: ranges * flags * backends,
      unmap: ranges,
      protect: ranges * flags,
      clear: 1,
      fault: 3 * accesses,
      access: 3 * accesses,
      store: 3 * values,
      write: 3 * values,
      load: 3,
    });
  });

  test("are none twice, and none with a failure", () => {
    const all = commandsOf(scope());
    expect(new Set(linesOf(all)).size).toBe(all.length);
    expect(all.filter(({ inject }) => inject !== undefined)).toEqual([]);
  });

  test("are all in the space, and reach its first byte and its last page", () => {
    const extents = commandsOf(scope()).map(extentOf);
    const end = BASE + 3 * PAGE;
    expect(extents.filter((each) => each.start < BASE || each.end > end || each.end < each.start)).toEqual(
      [],
    );
    expect(Math.min(...extents.map(({ start }) => start))).toBe(BASE);
    expect(Math.max(...extents.map((each) => each.end))).toBe(end);
  });

  test("are the same, of one command after the other, as of all at once", () => {
    expect(SCOPE_COMMANDS.flatMap((name) => linesIn({ commands: [name] }))).toEqual(linesIn({}));
  });

  test("have an order of their own, not the one in which they are named", () => {
    expect(linesIn({ commands: SCOPE_COMMANDS.toReversed() })).toEqual(linesIn({}));
  });

  test("begin with the small ranges, at the lowest pages", () => {
    expect(linesIn({ commands: ["unmap"] })).toEqual([
      "unmap 0x7000 0x1000",
      "unmap 0x8000 0x1000",
      "unmap 0x9000 0x1000",
      "unmap 0x7000 0x2000",
      "unmap 0x8000 0x2000",
      "unmap 0x7000 0x3000",
    ]);
    expect(linesIn({ commands: ["protect"], space: pages(1), flags: [READ, NO_FLAGS] })).toEqual([
      "protect 0x7000 0x1000 r",
      "protect 0x7000 0x1000 -",
    ]);
  });

  test("give linear areas one offset, so that neighbours lie behind each other in memory too", () => {
    const physicals = commandsOf(scope({ commands: ["map", "replace"] })).flatMap((command) =>
      command.op === "map" && command.backend.kind === "linear"
        ? [command.backend.physical - command.start]
        : [],
    );
    expect(physicals).toHaveLength(2 * 6 * 4);
    expect([...new Set(physicals)]).toEqual([0x4000_0000 - BASE]);
    const [first] = linesIn({ commands: ["map"], backends: ["linear"] });
    expect(first).toBe("map 0x7000 0x1000 - linear:0x40000000");
  });

  test("try to execute only where there is something to be executed", () => {
    const accesses = { commands: ["access"] as const, space: pages(1) };
    const [read, write, execute] = ["access 0x7000 r", "access 0x7000 w", "access 0x7000 x"];
    expect(linesIn({ ...accesses, flags: [READ | WRITE] })).toEqual([read, write]);
    expect(linesIn({ ...accesses, flags: [READ | WRITE, READ | EXECUTE] })).toEqual([read, write, execute]);
  });

  test("are none where no command is named", () => {
    expect(linesIn({ commands: [] })).toEqual([]);
  });
});
