/** Whatever an implementation of the address-space surface shows that is not so, it is caught at once. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { trace } from "../generate/trace.ts";
import { addressSpaceSubject } from "../subjects/address-space.ts";
import type { Instance, Subject } from "../subjects/subject.ts";
import { FORMAT_NAMES, type FormatName } from "../trace/hardware.ts";
import { SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import type { Observation } from "../trace/observation.ts";
import { Executor } from "./executor.ts";

/** The stack, but for what it shows of its state after the request with index `at`. */
function liar(lie: (shown: Observation) => void, at: number, format: FormatName): Subject {
  const stack = addressSpaceSubject(format);
  return {
    hello: { ...stack.hello, inject: [] },
    create: (space): Instance => {
      const instance = stack.create(space);
      let step = 0;
      return {
        apply: (request) => instance.apply(request),
        observe: (into) => {
          instance.observe(into);
          if (step++ === at) lie(into);
        },
        drop: (into) => instance.drop?.(into),
      };
    },
  };
}

const AREA_COLUMNS = ["areaStarts", "areaEnds", "areaFlags", "areaBackends", "areaPhysicals"] as const;
const PAGE_COLUMNS = ["pageAddrs", "pageCounts", "pageFlags", "pagePhysicals"] as const;
const FRAMES = ["dataFrames", "tableFrames", "injected"] as const;
const COUNTS = ["areaCount", "pageCount", ...FRAMES] as const;
const ADDRESSES = /Starts|Ends|Addrs|Physicals/;

/** Everything that is shown, as text. */
function textOf(shown: Observation): string {
  const areas = AREA_COLUMNS.map((column) => shown[column].slice(0, shown.areaCount).join());
  const pages = PAGE_COLUMNS.map((column) => shown[column].slice(0, shown.pageCount).join());
  return [...areas, ...pages, ...COUNTS.map((count) => shown[count])].join(";");
}

const NUMBERS = [-(2 ** 52), 0.5, 3.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32, 2 ** 53, 2 ** 60];

test("any change of anything shown is caught, on any trace", () => {
  const value = fc.oneof(fc.constantFrom(...NUMBERS), fc.nat(20), fc.nat(1100));
  const scribble = fc.oneof(
    fc.record({ column: fc.constantFrom(...AREA_COLUMNS, ...PAGE_COLUMNS), index: fc.nat(7), value }),
    fc.record({ count: fc.constantFrom(...COUNTS), value: fc.nat(20) }),
    fc.record({ count: fc.constantFrom(...FRAMES), value: fc.constantFrom(...NUMBERS) }),
  );
  const property = fc.property(
    fc.constantFrom(...FORMAT_NAMES).chain((format) => {
      const { hello } = liar(() => {}, 0, format);
      return fc.tuple(fc.constant(format), trace(SIXTEEN_PAGES, { hello, maxCommands: 12 }));
    }),
    fc.array(scribble, { minLength: 1, maxLength: 3 }),
    fc.nat(11),
    ([format, requests], scribbles, at) => {
      let changed = false;
      const lie = (shown: Observation) => {
        const truth = textOf(shown);
        for (const each of scribbles) {
          if ("count" in each) shown[each.count] = each.value;
          else {
            const scale = ADDRESSES.test(each.column) ? SIXTEEN_PAGES.page : 1;
            shown[each.column].fill(each.value * scale, each.index, each.index + 1);
          }
        }
        changed = textOf(shown) !== truth;
      };
      const finding = new Executor(liar(lie, at, format), SIXTEEN_PAGES).run(requests);
      expect(finding?.at).toBe(changed ? at : undefined);
    },
  );
  fc.assert(property, { seed: 1, numRuns: 3000 });
}, 60_000);
