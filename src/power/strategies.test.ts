import { describe, expect, test } from "vitest";
import { Executor } from "../execute/executor.ts";
import { RunSeeds } from "../explore/seeds.ts";
import { STACK } from "../subjects/registry.ts";
import { findMisfit } from "../trace/preconditions.ts";
import { isCommand, type Request } from "../trace/request.ts";
import type { Surface, Terms } from "../trace/space.ts";
import { SPACE_SIZES, type SpaceSize, spacesOf } from "./space-size.ts";
import { STRATEGIES, STRATEGY_NAMES, type StrategyName } from "./strategies.ts";
import { Trail } from "./trail.ts";

const RUNS = 100;
/** So many requests that a clear fails among them. */
const MANY = 30_000;
const SURFACES: readonly Surface[] = ["memory-set", "address-space"];
const EVERYWHERE = SURFACES.flatMap((surface) => SPACE_SIZES.map((size) => ({ surface, size })));
const PLAIN = STRATEGY_NAMES.filter((name) => name !== "ours");

function termsOf(surface: Surface, size: SpaceSize): Terms {
  const { hello } = STACK[surface].subject;
  const [space] = spacesOf(size, hello);
  if (space === undefined) throw new Error("there is no space");
  return { space, hello };
}

function draw(name: StrategyName, terms: Terms, seed = "draw", runs = RUNS): (readonly Request[])[] {
  const drawer = STRATEGIES[name](terms);
  const seeds = new RunSeeds(seed);
  return Array.from({ length: runs }, (_, run) => drawer(seeds.random(run), run));
}

function drawMany(name: StrategyName, terms: Terms): Request[] {
  const drawer = STRATEGIES[name](terms);
  const seeds = new RunSeeds("many");
  const requests: Request[] = [];
  for (let run = 0; requests.length < MANY; run++) requests.push(...drawer(seeds.random(run), run));
  return requests;
}

/** What tells one kind of request from another: verb, backend, kind of failure. */
function kindsOf(request: Request): string[] {
  if (!isCommand(request)) return [request.op];
  const inject = request.inject ? [`${request.op} failing by ${request.inject.kind}`] : [];
  if (request.op !== "map") return [request.op, ...inject];
  return [request.replace ? "replace" : "map", request.backend.kind, ...inject];
}

describe.each(EVERYWHERE)("$surface, $size", ({ surface, size }) => {
  const terms = termsOf(surface, size);

  test.each(STRATEGY_NAMES)("%s draws only what fits", (name) => {
    const misfits = draw(name, terms).map((requests) => findMisfit(requests, terms));
    expect(misfits.filter((misfit) => misfit !== undefined)).toEqual([]);
  });

  test.each(STRATEGY_NAMES)(
    "%s draws the same for the same seed, and other traces for another one",
    (name) => {
      const drawn = draw(name, terms, "one", 20);
      expect(draw(name, terms, "one", 20)).toEqual(drawn);
      expect(draw(name, terms, "two", 20)).not.toEqual(drawn);
    },
  );

  test("all draw all that can be asked, and have the same commands fail", () => {
    const { commands, queries, backends } = terms.hello;
    const offered = [...commands.filter((command) => command !== "drop"), ...queries, ...backends];
    const kinds = STRATEGY_NAMES.map((name) => [...new Set(drawMany(name, terms).flatMap(kindsOf))]);
    for (const drawn of kinds) expect(offered.filter((kind) => !drawn.includes(kind))).toEqual([]);
    const [ours, ...plain] = kinds.map((drawn) => drawn.filter((kind) => kind.includes("failing")).sort());
    for (const failing of plain) expect(failing).toEqual(ours);
  });

  test.each(PLAIN)("the stack agrees with what %s draws", (name) => {
    const executor = new Executor(STACK[surface].subject, terms.space);
    for (const requests of draw(name, terms, "agree", 20)) expect(executor.run(requests)).toBeUndefined();
  });
});

describe("runs", () => {
  const terms = termsOf("memory-set", "small");
  test.each<[name: StrategyName, shortest: number, longest: number]>([
    ["ours", 1, 50],
    ["commands", 0, 10],
    ["commands-max", 0, 50],
    // But for those requests that don't fit.
    ["uniform", 40, 50],
  ])("of %s have %i to %i requests", (name, shortest, longest) => {
    const lengths = draw(name, terms, "lengths", 500).map(({ length }) => length);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(shortest);
    expect(Math.max(...lengths)).toBe(longest);
  });
});

describe.each(PLAIN)("in the large space, %s", (name) => {
  test.each(SURFACES)(
    "begins half of the ranges at or beside a boundary of an earlier command: %s",
    (surface) => {
      const terms = termsOf(surface, "large");
      const [near, all] = nearBoundaries(draw(name, terms, "near", 400), terms.space.page);
      expect(near / all).toBeGreaterThan(0.4);
      expect(near / all).toBeLessThan(0.8);
    },
  );
});

/** Of the maps, unmaps and protects that aren't the first of their runs, how many begin beside a boundary, and all. */
function nearBoundaries(traces: readonly (readonly Request[])[], page: number): [near: number, all: number] {
  let [near, all] = [0, 0];
  for (const requests of traces) {
    const boundaries: number[] = [];
    for (const request of requests) {
      if (request.op !== "map" && request.op !== "unmap" && request.op !== "protect") continue;
      const from = Math.floor(request.start / page);
      if (boundaries.length > 0) all++;
      if (boundaries.some((boundary) => Math.abs(boundary - from) <= 1)) near++;
      boundaries.push(from, Math.floor((request.start + request.size) / page));
    }
  }
  return [near, all];
}

test("without an earlier command, the first page of the space stands for a boundary", () => {
  const terms = termsOf("address-space", "large");
  const trail = new Trail(terms);
  trail.begin();
  expect(trail.boundary(5) * terms.space.page).toBe(terms.space.base);
});
