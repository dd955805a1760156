/** The exact end of shrinking: whether it finds the shortest trace, and says what it looked through. */
import { describe, expect, test } from "vitest";
import { InProcess } from "../execute/driver.ts";
import { Ground } from "../explore/ground.ts";
import { addressSpaceSubject } from "../subjects/address-space.ts";
import { memorySetSubject } from "../subjects/memory-set.ts";
import { findSubject } from "../subjects/registry.ts";
import type { Instance, Subject } from "../subjects/subject.ts";
import { linesOf, requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import type { Request } from "../trace/request.ts";
import { BreadthFirst } from "./exact-end.ts";

const UNHURRIED = { turnIsOver: false, stopped: false, breathe: async () => {} };

/** What a search comes to for a trace that shows something. */
async function search(subject: Subject, lines: readonly string[], most = 1e6) {
  const ground = new Ground(new InProcess(subject), SIXTEEN_PAGES, 50);
  const requests = requestsIn(...lines);
  const finding = await ground.runner.begin(requests)();
  if (finding === undefined) throw new Error("shows nothing to begin with");
  const proof = await new BreadthFirst(most).search({ requests, finding }, ground, UNHURRIED);
  return (
    proof && {
      ...proof,
      lines: proof.first && linesOf(proof.first.requests),
      check: proof.first?.finding.check,
    }
  );
}

function planted(name: string): Subject {
  const found = findSubject(`defect:${name}`);
  if (found === undefined) throw new Error(`there is no defect ${name}`);
  return found.subject;
}

/** The stack's memory set, with something else done before each request. */
function withMistake(mistake: (op: string) => ReturnType<Instance["apply"]> | undefined): Subject {
  const stack = memorySetSubject();
  return {
    hello: stack.hello,
    create: (space) => {
      const instance = stack.create(space);
      const { fingerprint, snapshot } = instance;
      if (fingerprint === undefined || snapshot === undefined) throw new Error("the stack can go back");
      return {
        apply: (request) => mistake(request.op) ?? instance.apply(request),
        observe: (into) => instance.observe(into),
        fingerprint: (into) => fingerprint.call(instance, into),
        snapshot: () => snapshot.call(instance),
      };
    },
  };
}

describe("a shorter trace", () => {
  test("is found where no small change leads to it", async () => {
    const maps = [0, 1, 2, 3, 4].map((page) => `map 0x${page}000 0x1000 - mock`);
    const found = await search(planted("unmap-four-areas-at-most"), [...maps, "unmap 0x0 0x5000"]);
    // The flags are those of the trace: there are no others to protect with.
    expect(found?.lines).toHaveLength(4);
    expect(found).toMatchObject({ check: "areas", certificate: { pages: 5, flags: "-", merged: true } });
  });

  test("that shows something else is passed over", async () => {
    const subject = withMistake((op) => {
      if (op === "protect") throw new Error("at once");
      return op === "clear" ? { kind: "err", name: "NoMemory" } : undefined;
    });
    const lines = ["map 0x0 0x1000 r mock", "map 0x1000 0x1000 r mock", "clear"];
    expect(await search(subject, lines)).toMatchObject({ lines: ["clear"], check: "answer" });
  });

  test("may end with a query of the longer one", async () => {
    const lines = ["map 0x0 0x1000 r mock", "unmap 0x0 0x0", "find 0x1000"];
    const found = await search(planted("find-includes-end"), lines);
    expect(found?.lines).toEqual(["map 0x0 0x1000 r mock", "find 0x1000"]);
  });

  test("may show only when the instance is given up", async () => {
    const lines = ["map 0x0 0x1000 r alloc:lazy", "fault 0x0 r", "protect 0x0 0x1000 rw"];
    const found = await search(planted("drop-leaks-lazy-frames"), lines);
    expect([found?.lines?.length, found?.check]).toEqual([2, "drop"]);
  });

  test("is found by every sequence, where the implementation may hide some of its state", async () => {
    const lines = ["map 0x0 0x1000 - mock", "unmap 0x0 0x1000 !backend=0", "map 0x0 0x0 - mock"];
    const found = await search(planted("injection-never-disarmed"), lines);
    expect(found?.lines).toHaveLength(2);
    expect(found?.certificate).toMatchObject({
      merged: false,
      commands: expect.stringMatching(/,failures$/),
    });
  });
});

/** A subject of which nobody knows whether it hides something, with something else done before each request. */
function secretive(mistake: (request: Request, earlier: readonly Request[]) => boolean): Subject {
  const stack = memorySetSubject();
  return {
    hello: stack.hello,
    create: (space) => {
      const instance = stack.create(space);
      const earlier: Request[] = [];
      return {
        apply: (request) => {
          if (mistake(request, earlier)) throw new Error("oh");
          earlier.push(request);
          return instance.apply(request);
        },
        observe: (into) => instance.observe(into),
      };
    },
  };
}

describe("what a trace does is tried as it is:", () => {
  test("a query that is not its last request", async () => {
    const twice = secretive(({ op }, earlier) => op === "find" && earlier.some((each) => each.op === "find"));
    const found = await search(twice, ["find 0x0", "map 0x0 0x1000 - mock", "find 0x0"]);
    expect([found?.lines, found?.certificate.merged]).toEqual([["find 0x0", "find 0x0"], false]);
  });

  test("a failure that doesn't fire", async () => {
    const late = secretive((request, earlier) => {
      return request.op === "protect" && (request.inject?.after ?? 0) > 1 && earlier.length > 0;
    });
    const map = "map 0x0 0x1000 - mock";
    const protect = "protect 0x0 0x1000 - !backend=3";
    expect((await search(late, [map, map, protect]))?.lines).toEqual([map, protect]);
  });

  test("a read, which depends on what was mapped before", async () => {
    const stack = addressSpaceSubject("x86-64");
    const subject: Subject = {
      hello: stack.hello,
      create: (space) => {
        const instance = stack.create(space);
        let unmapped = 0;
        return {
          apply: (request) => {
            if (request.op === "read" && unmapped > 0) throw new Error("oh");
            const answer = instance.apply(request);
            if (request.op === "unmap" && request.start === 0) unmapped = 1;
            return answer;
          },
          observe: (into) => instance.observe(into),
          fingerprint: (into) => {
            instance.fingerprint?.(into);
            into.byte(unmapped);
          },
        };
      },
    };
    const lines = [
      "map 0x1000 0x1000 r linear:0x40001000",
      "unmap 0x1000 0x1000",
      "map 0x0 0x1000 r alloc:eager",
      "unmap 0x0 0x1000",
      "map 0x0 0x1000 r alloc:eager",
      "read 0x0 0x1",
    ];
    expect((await search(subject, lines))?.lines).toEqual(["unmap 0x0 0x1000", "read 0x0 0x1"]);
  });
});

test("what other instances left behind is no counterexample", async () => {
  const stack = memorySetSubject();
  let instances = 0;
  const subject: Subject = {
    hello: stack.hello,
    create: (space) => {
      const instance = stack.create(space);
      instances++;
      const isHaunted = instances > 40 && instances % 7 === 0;
      return {
        apply: (request) => {
          if (isHaunted) throw new Error("haunted");
          return request.op === "clear" ? { kind: "err", name: "NoMemory" } : instance.apply(request);
        },
        observe: (into) => instance.observe(into),
      };
    },
  };
  const lines = ["map 0x0 0x1000 r mock", "map 0x1000 0x1000 r mock", "clear"];
  expect((await search(subject, lines))?.check ?? "answer").toBe("answer");
});

describe("where none is shorter", () => {
  const LINES = ["map 0x0 0x3000 - mock", "unmap 0x1000 0x1000"];

  test("it comes to the first that is as long, and says what it looked through", async () => {
    // All commands of three pages once: 6 ranges, each mapped, unmapped, protected and replaced, and clear.
    const found = await search(planted("unmap-loses-right-part"), LINES);
    expect(found?.lines).toEqual(LINES);
    expect(found?.certificate).toEqual({
      pages: 3,
      flags: "-",
      commands: "map,unmap,protect,clear,replace",
      backends: "mock",
      merged: true,
      transitions: 6 * 4 + 1,
    });
  });

  test("it says which queries of the trace it tried", async () => {
    const lines = ["map 0x0 0x1000 - mock", "find 0x1000"];
    const found = await search(planted("find-includes-end"), lines);
    expect(found?.lines).toEqual(lines);
    expect(found?.certificate.commands).toBe("map,unmap,protect,clear,replace,find");
  });

  test("it is the same where it lies elsewhere", async () => {
    const far = ["map 0x7000 0x3000 - mock", "unmap 0x8000 0x1000"];
    const found = await search(planted("unmap-loses-right-part"), far);
    expect([found?.lines, found?.certificate.pages]).toEqual([far, 3]);
  });
});

describe("nothing is said", () => {
  const LINES = ["map 0x0 0x3000 - mock", "unmap 0x1000 0x1000", "unmap 0x0 0x0"];

  test("where it would take more requests than it may", async () => {
    const subject = planted("unmap-four-areas-at-most");
    const maps = [0, 1, 2, 3, 4].map((page) => `map 0x${page}000 0x1000 - mock`);
    expect(await search(subject, [...maps, "unmap 0x0 0x5000"], 0)).toBeUndefined();
  });

  test("of more pages than can be looked through", async () => {
    const wide = ["map 0x0 0x9000 - mock", "unmap 0x1000 0x1000"];
    expect(await search(planted("unmap-loses-right-part"), wide)).toBeUndefined();
    expect(await search(planted("unmap-loses-right-part"), LINES.slice(0, 2))).toBeDefined();
  });
});
