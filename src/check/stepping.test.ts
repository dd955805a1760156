import { describe, expect, test } from "vitest";
import { InProcess } from "../execute/driver.ts";
import { Pace } from "../explore/pace.ts";
import type { Scope } from "../generate/scope.ts";
import { addressSpaceSubject } from "../subjects/address-space.ts";
import { memorySetSubject } from "../subjects/memory-set.ts";
import type { Instance, Subject } from "../subjects/subject.ts";
import { physAddr, virtAddr } from "../trace/address.ts";
import { type Answer, ERRORS, OK } from "../trace/answer.ts";
import { Check } from "./check.ts";

const STACK = memorySetSubject();
const SPACE = { base: virtAddr(0), size: 0x1000, page: 0x1000, frames: 0 };
const SCOPE: Scope = {
  space: SPACE,
  flags: [1],
  commands: ["map", "unmap"],
  backends: ["mock"],
  inject: true,
};
const ENDLESS = Number.POSITIVE_INFINITY;
const BOUNDS = { depth: ENDLESS, states: ENDLESS, seconds: ENDLESS };

function check(subject: Subject, parts: Partial<Scope> = {}, paths = false) {
  const target = { name: "mine", driver: new InProcess(subject) };
  const bounds = paths ? { ...BOUNDS, depth: 3 } : BOUNDS;
  return new Check(
    { target, scope: { ...SCOPE, ...parts }, bounds, paths, saveTo: undefined },
    new Pace(),
  ).run();
}

/** The stack's memory set, with some methods of its instances replaced. */
function withParts(parts: (instance: Instance) => Partial<Instance>): Subject {
  return {
    hello: STACK.hello,
    create: (space) => {
      const instance = STACK.create(space);
      const own: Instance = {
        apply: (request) => instance.apply(request),
        observe: (into) => instance.observe(into),
      };
      return { ...own, ...parts(instance) };
    },
  };
}

describe("it is no proof where", () => {
  test("failures fire without end", async () => {
    const subject = withParts((instance) => {
      let isInjected = false;
      return {
        apply: (request) => {
          isInjected = "inject" in request;
          return isInjected ? ERRORS.BadState : instance.apply(request);
        },
        observe: (into) => {
          instance.observe(into);
          into.injected = isInjected ? 1 : 0;
        },
      };
    });
    const { cut, finding, lost } = await check(subject);
    expect([cut, finding]).toEqual(["lost", undefined]);
    expect(lost).toContain("failures go on to fire in a map after 1000 calls");
  });

  test.each([
    ["in the first state", 0],
    ["later", 1],
  ])("fingerprint throws %s", async (_, pages) => {
    const subject = withParts((instance) => {
      let mapped = 0;
      return {
        apply: (request) => {
          const answer = instance.apply(request);
          if (request.op === "map" && answer === OK) mapped++;
          return answer;
        },
        fingerprint: () => {
          if (mapped >= pages) throw new Error("no");
        },
      };
    });
    expect(await check(subject)).toMatchObject({ cut: "lost", lost: "fingerprint threw Error: no" });
  });
});

describe("who can't go back goes along the path again, where", () => {
  test.each<[what: string, parts: (instance: Instance) => Partial<Instance>]>([
    ["there is no snapshot", () => ({ fingerprint: () => {} })],
    [
      "snapshot throws",
      () => ({
        fingerprint: () => {},
        snapshot: () => {
          throw new Error("no");
        },
      }),
    ],
    [
      "what it gives throws",
      () => ({
        fingerprint: () => {},
        snapshot: () => () => {
          throw new Error("no");
        },
      }),
    ],
  ])("%s", async (_, parts) => {
    const { states, transitions } = await check(STACK);
    expect(await check(withParts(parts))).toMatchObject({ cut: undefined, states, transitions });
  });
});

test("what shows only when an instance is given up is found before what takes a command more", async () => {
  const subject = withParts((instance) => {
    const mapped = new Set<number>();
    return {
      apply: (request) => {
        if (request.op === "unmap" && mapped.has(0)) throw new Error("the first page can't be unmapped");
        const answer = instance.apply(request);
        if (request.op === "map" && answer === OK) mapped.add(request.start);
        return answer;
      },
      drop: (into) => {
        into.dataFrames = mapped.has(0x1000) ? 1 : 0;
      },
    };
  });
  const { finding } = await check(subject, { space: { ...SPACE, size: 0x2000 }, inject: false });
  expect(finding).toMatchObject({ trace: ["map 0x1000 0x1000 - mock"], finding: { check: "drop" } });
});

/** The stack's address space, which counts the commands that it is asked, and tells of its calls or doesn't. */
function counting(telling: boolean) {
  const { hello, create } = addressSpaceSubject("x86-64");
  const counts = { commands: 0 };
  const subject: Subject = {
    hello,
    create: (space) => {
      const instance = create(space);
      const { callsOf } = instance;
      return {
        apply: (request) => {
          counts.commands++;
          return instance.apply(request);
        },
        observe: (into) => instance.observe(into),
        fingerprint: (into) => instance.fingerprint?.(into),
        snapshot: () => instance.snapshot?.() ?? (() => {}),
        ...(telling && callsOf && { callsOf: (kind) => callsOf.call(instance, kind) }),
      };
    },
  };
  return { subject, counts };
}

test("where an instance tells how many calls could fail, the same is found with fewer commands", async () => {
  const scope = {
    commands: ["map", "replace", "unmap", "fault", "access"],
    backends: ["alloc:eager", "alloc:lazy"],
  } as const;
  const [telling, silent] = [counting(true), counting(false)];
  const told = await check(telling.subject, scope);
  const tried = await check(silent.subject, scope);
  expect(told.states).toBeGreaterThan(4);
  expect({ ...told, seconds: 0 }).toEqual({ ...tried, seconds: 0 });
  // Two that wait in vain for each of nine commands in each state but the first.
  expect(silent.counts.commands - telling.counts.commands).toBe(2 * 9 * (told.states - 1));
});

/** One page, which gets another frame whenever it is opened again. It hides nothing, and goes back. */
function moving(): Subject {
  const { hello } = addressSpaceSubject("x86-64");
  const offer = {
    commands: ["map", "unmap", "protect"],
    queries: ["areas", "pages"],
    backends: ["alloc:eager"],
  } as const;
  return { hello: { ...hello, ...offer, name: "moving", inject: [] }, create: () => movingInstance() };
}

function movingInstance(): Instance {
  let page: { flags: number; frame: number } | undefined;
  let frame = 0x1000;
  const open = (flags: number) => {
    frame += 0x1000;
    page = { flags, frame };
  };
  return {
    apply: (request): Answer => {
      if (request.op === "map" && page) return ERRORS.AlreadyExists;
      if (request.op === "map") open(request.flags);
      else if (request.op === "unmap") page = undefined;
      else if (request.op === "protect" && page?.flags === 0 && request.flags !== 0) open(request.flags);
      else if (request.op === "protect" && page) page = { ...page, flags: request.flags };
      return OK;
    },
    observe: (into) => {
      if (page === undefined) return;
      into.area(virtAddr(0), virtAddr(0x1000), page.flags, "alloc:eager");
      if (page.flags !== 0) into.page(virtAddr(0), page.flags, physAddr(page.frame));
    },
    fingerprint: () => {},
    snapshot: () => {
      const [then, next] = [page, frame];
      return () => {
        page = then;
        frame = next;
      };
    },
  };
}

test("a page whose frame the model knows is not in the state of one whose frame it doesn't", async () => {
  const scope = {
    flags: [0, 1],
    commands: ["map", "unmap", "protect"],
    backends: ["alloc:eager"],
    inject: false,
  } as const;
  const found = { finding: { trace: { length: 3 }, finding: { check: "identity" } } };
  expect(await check(moving(), scope)).toMatchObject(found);
  expect(await check(moving(), scope, true)).toMatchObject(found);
});
