import { describe, expect, test } from "vitest";
import { type Judge, judgeFor } from "../execute/judge.ts";
import { commandsOf, type Scope } from "../generate/scope.ts";
import { virtAddr } from "../trace/address.ts";
import { type Dialect, PLAIN_DIALECT } from "../trace/dialect.ts";
import { DEVICE, NO_FLAGS, READ, USER, WRITE } from "../trace/flags.ts";
import type { Command } from "../trace/request.ts";
import { ADDRESS_SPACE_HELLO, MEMORY_SET_HELLO } from "../trace/space.ts";
import { whyAsymmetric } from "./symmetry.ts";
import { everyTurn, scopeOf, type Turn } from "./turns.fixture.ts";

const TWO = [READ, READ | WRITE];

/** An address of a scope's space, or behind its end, as it is mirrored. */
function mirroredAddress({ space }: Scope, addr: number): number {
  return space.base + space.base + space.size - addr;
}

function turnedFlags({ flags: all }: Scope, { flags }: Turn, old: number): number {
  return all[flags[all.indexOf(old)] ?? 0] ?? 0;
}

function turnedCommand(command: Command, turn: Turn, scope: Scope): Command {
  if (command.op !== "map" && command.op !== "unmap" && command.op !== "protect") return command;
  const { start, size } = command;
  const placed = turn.mirrors ? virtAddr(mirroredAddress(scope, start + size)) : start;
  if (command.op === "unmap") return { ...command, start: placed };
  return { ...command, start: placed, flags: turnedFlags(scope, turn, command.flags) };
}

/** Every area after some commands, as text; the same of what they are turned to, turned as well. */
function areasAfter(judge: Judge, commands: readonly Command[]) {
  judge.reset();
  for (const command of commands) judge.foresee(command);
  return judge.model
    .areas()
    .map(({ start, end, flags }) => ({ start: Number(start), end: Number(end), flags }));
}

/** Whether the model does the same to turned states: in every state that its commands lead to, whatever the turn. */
function treatsAlike(scope: Scope, dialect: Partial<Dialect>): boolean {
  const hello = { ...MEMORY_SET_HELLO, dialect: { ...PLAIN_DIALECT, ...dialect } };
  const judge = judgeFor({ space: scope.space, hello });
  const turns = everyTurn(scope.flags.length);
  const known = new Set(["[]"]);
  const paths: (readonly Command[])[] = [[]];
  for (const path of paths) {
    for (const command of commandsOf(scope)) {
      const commands = [...path, command];
      const areas = areasAfter(judge, commands);
      for (const turn of turns) {
        const expected = areas.map(({ start, end, flags }) => ({
          start: turn.mirrors ? mirroredAddress(scope, end) : start,
          end: turn.mirrors ? mirroredAddress(scope, start) : end,
          flags: turnedFlags(scope, turn, flags),
        }));
        if (turn.mirrors) expected.reverse();
        const found = areasAfter(
          judge,
          commands.map((each) => turnedCommand(each, turn, scope)),
        );
        if (JSON.stringify(found) !== JSON.stringify(expected)) return false;
      }
      const key = JSON.stringify(areas);
      if (!known.has(key)) paths.push(commands);
      known.add(key);
    }
  }
  return true;
}

describe("it is refused just where the model doesn't treat turned states alike:", () => {
  const map: Partial<Scope> = { commands: ["map", "replace", "unmap", "clear"] };
  test.each<[what: string, flags: readonly number[], dialect: Partial<Dialect>, parts: Partial<Scope>]>([
    ["as it is", TWO, {}, {}],
    ["nothing being allowed", [NO_FLAGS, READ], {}, {}],
    ["with u", [READ, READ | USER, READ | WRITE], {}, {}],
    ["with u and w", [READ | USER, READ | WRITE], {}, {}],
    ["with u, which all have", [READ | USER, READ | WRITE | USER], {}, {}],
    ["with u, which protect changes", [READ, READ | USER], { "protect-keeps": "none" }, {}],
    ["with u and no protect", [READ, READ | USER | DEVICE], {}, map],
    ["that stops at holes", TWO, { "protect-holes": "stop" }, {}],
    ["that stops at holes, with no protect", TWO, { "protect-holes": "stop" }, map],
    ["that refuses holes", TWO, { "protect-holes": "refuse", "unmap-holes": "refuse" }, {}],
  ])("%s, flags %j", (_what, flags, dialect, parts) => {
    const scope = scopeOf(3, flags, parts);
    const hello = { ...MEMORY_SET_HELLO, dialect: { ...PLAIN_DIALECT, ...dialect } };
    expect(whyAsymmetric(scope, hello) === undefined).toBe(treatsAlike(scope, dialect));
  });

  test("that is also where what has changed is for the implementation to say, or where places are not alike", () => {
    const any = { ...MEMORY_SET_HELLO, dialect: { ...PLAIN_DIALECT, "protect-holes": "any" } as const };
    expect(whyAsymmetric(scopeOf(3, TWO), any)).toContain("protect-holes=any");
    expect(whyAsymmetric(scopeOf(3, TWO), ADDRESS_SPACE_HELLO)).toContain("address space");
  });
});
