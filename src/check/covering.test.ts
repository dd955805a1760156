import { describe, expect, test } from "vitest";
import { Pace } from "../explore/pace.ts";
import type { Counterexample } from "../shrink/same-finding.ts";
import { Fingerprint } from "../trace/fingerprint.ts";
import { linesOf } from "../trace/literal.fixture.ts";
import type { Crew } from "./crew.ts";
import type { Visit } from "./expander.ts";
import { explore, type Graph, one, Unruly, Walker } from "./graph.fixture.ts";

/** Walks a graph in which a capital is the state of its small letter with a ban on some of the steps. */
class Banned extends Walker {
  override first(into: Fingerprint): void {
    into.add(Uint8Array.of("a".charCodeAt(0), 0));
  }

  override expand(path: readonly number[], visit: Visit): Counterexample | undefined {
    return super.expand(path, (step, { bytes }) => {
      const letter = String.fromCharCode(bytes[0] ?? 0);
      const [small, bans] = [letter.toLowerCase(), letter === letter.toLowerCase() ? 0 : 1];
      const to = new Fingerprint();
      to.add(Uint8Array.of(small.charCodeAt(0), bans));
      return visit(step, to);
    });
  }
}

describe("a state that another one covers", () => {
  test.each<[what: string, graph: Graph, expanded: string, depth: number]>([
    ["that is met before it", { a: "bB", b: "cd", B: "c", c: "", d: "" }, "abcd", 2],
    [
      "that is met at another place of its level",
      { a: "bc", b: "d", c: "D", d: "e", D: "", e: "" },
      "abcde",
      3,
    ],
    ["that is met long before it", { a: "b", b: "c", c: "A", A: "b" }, "abc", 2],
  ])("%s is not expanded, and none", async (_what, graph, expanded, depth) => {
    const walker = new Banned(graph);
    const crew = one(walker, 1);
    const result = await explore(walker, {}, new Pace(), crew);
    expect(result).toMatchObject({ cut: undefined, states: expanded.length, depth, frontier: 0 });
    expect(walker.expanded).toBe(expanded);
  });

  test("that is met after it is expanded with it", async () => {
    const walker = new Banned({ a: "Bc", B: "", c: "b", b: "d", d: "" });
    expect(await explore(walker, {}, new Pace(), one(walker, 1))).toMatchObject({ states: 5 });
    expect(walker.expanded).toBe("aBcbd");
  });

  test("leaves a finding as near as it is", async () => {
    // Two steps from b; from B, which is as near, it is banned.
    const walker = new Banned({ a: "Bb", B: "c", b: "c!", c: "" });
    const { found } = await explore(walker, {}, new Pace(), one(walker, 1));
    expect(linesOf(found?.requests ?? [])).toEqual(["find 0x1", "find 0x1"]);
  });

  test("is the same for many hands, of which the last are the quickest", async () => {
    const graph = { a: "bcd", b: "E", c: "eF", d: "fE", e: "g", E: "", f: "G", F: "a", g: "", G: "" };
    const together = await exploreBanned(graph, (walker) => new Unruly(walker, 1));
    expect(together).toEqual(await exploreBanned(graph, (walker) => one(walker, 1)));
    // E before e, F before f, and g before G.
    expect(together).toMatchObject({ states: 9 });
  });
});

async function exploreBanned(graph: Graph, crewOf: (walker: Walker) => Crew) {
  const walker = new Banned(graph);
  return await explore(walker, {}, new Pace(), crewOf(walker));
}
