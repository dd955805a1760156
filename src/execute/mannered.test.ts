/** Implementations with manners of their own: what their dialect says is no finding, and is one without it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trace } from "../generate/trace.ts";
import { addressSpaceSubject, FallibleSpace } from "../subjects/address-space.ts";
import { memorySetSubject } from "../subjects/memory-set.ts";
import type { Subject } from "../subjects/subject.ts";
import { type Dialect, PLAIN_DIALECT } from "../trace/dialect.ts";
import type { Finding } from "../trace/finding.ts";
import type { Flags } from "../trace/flags.ts";
import { SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { Executor } from "./executor.ts";
import {
  blaming,
  limited,
  merging,
  paging,
  refusing,
  refusingEmpty,
  rounding,
  secretive,
  splitting,
  stopping,
  tolerant,
} from "./mannered.fixture.ts";

type Wrap = (subject: Subject) => Subject;
type Case = readonly [manners: Partial<Dialect>, wrap: Wrap];

/** The first finding in a hundred runs or so. Failures are not injected: wrappers do more calls than they are asked for. */
function fuzz(subject: Subject, manners: Partial<Dialect>, runs = 120): Finding | undefined {
  const hello = { ...subject.hello, inject: [], dialect: { ...PLAIN_DIALECT, ...manners } };
  const executor = new Executor({ ...subject, hello }, SIXTEEN_PAGES);
  const traces = fc.sample(trace(SIXTEEN_PAGES, { hello, maxCommands: 40 }), { seed: 1, numRuns: runs });
  for (const requests of traces) {
    const finding = executor.run(requests);
    if (finding) return finding;
  }
  return undefined;
}

const replacing = (old: Flags, wanted: Flags) => (old === wanted ? undefined : wanted);

class Replacing extends FallibleSpace {
  protected override updateFlags(old: Flags, wanted: Flags): Flags | undefined {
    return replacing(old, wanted);
  }
}

const ON_BOTH: readonly Case[] = [
  [{ boundaries: "free" }, merging],
  [{ boundaries: "free" }, splitting],
  [{ "protect-holes": "stop" }, stopping],
  [{ "protect-holes": "refuse" }, refusing("protect")],
  [{ "protect-holes": "any" }, blaming],
  [{ "protect-holes": "any" }, stopping],
  [{ "unmap-holes": "refuse" }, refusing("unmap")],
  [{ "zero-unmap": "invalid" }, refusingEmpty("unmap")],
  [{ "zero-protect": "invalid" }, refusingEmpty("protect")],
  [{ "no-memory": "any" }, limited],
];

const ON_SPACES: readonly Case[] = [
  [{ sizes: "roundup" }, rounding],
  [{ present: "any" }, paging],
  [{ "eager-fault": "true" }, tolerant("alloc:eager")],
  [{ "linear-fault": "true" }, tolerant("linear")],
];

const SUBJECTS: readonly (readonly [string, Subject, Subject])[] = [
  ["memory set", memorySetSubject(), memorySetSubject({ updateFlags: replacing })],
  [
    "address space",
    addressSpaceSubject("sv39"),
    addressSpaceSubject("sv39", { space: (...args) => new Replacing(...args) }),
  ],
];

describe.each(SUBJECTS)("a %s", (_name, stack, keepsNone) => {
  const cases: readonly Case[] = stack.hello.surface === "memory-set" ? ON_BOTH : [...ON_BOTH, ...ON_SPACES];

  test.each(cases)("with %j", (manners, wrap) => {
    expect(fuzz(wrap(stack), manners)).toBeUndefined();
    expect(fuzz(wrap(stack), {})).toBeDefined();
  });

  test("whose protect keeps nothing", () => {
    expect(fuzz(keepsNone, { "protect-keeps": "none" })).toBeUndefined();
    expect(fuzz(keepsNone, {})).toBeDefined();
  });

  test("with many manners at once", () => {
    const many: Partial<Dialect> = {
      boundaries: "free",
      "protect-holes": "stop",
      "zero-unmap": "invalid",
      "no-memory": "any",
      "protect-keeps": "none",
    };
    const wrap: Wrap = (subject) => merging(limited(stopping(refusingEmpty("unmap")(subject))));
    expect(fuzz(wrap(keepsNone), many)).toBeUndefined();
    for (const key of Object.keys(many)) {
      const without = Object.fromEntries(Object.entries(many).filter(([each]) => each !== key));
      // What stops at a hole could have met the limit there: it can't be told.
      const isHidden = key === "protect-holes";
      expect(fuzz(wrap(keepsNone), without) === undefined, key).toBe(isHidden);
    }
  });

  test.each(cases)("without a manner, but declaring %j", (manners) => {
    // A manner that only allows more finds nothing wrong about the contract's own.
    const demands = !("boundaries" in manners || "no-memory" in manners);
    const finding = fuzz(stack, manners);
    if (demands) expect(finding).toBeDefined();
    else expect(finding).toBeUndefined();
  });

  test("that shows no pages", () => {
    expect(fuzz(secretive(stack), {})).toBeUndefined();
    expect(fuzz(secretive(keepsNone), {})).toMatchObject({ check: "areas" });
  });
});
