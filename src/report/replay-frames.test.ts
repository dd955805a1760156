/** Reports on replays of the address-space surface. */
import { describe, expect, test } from "vitest";
import { InProcess } from "../execute/driver.ts";
import { recordReplay } from "../explore/replay.ts";
import { addressSpaceSubject } from "../subjects/address-space.ts";
import type { Instance, Subject } from "../subjects/subject.ts";
import { virtAddr } from "../trace/address.ts";
import type { Observation } from "../trace/observation.ts";
import { parseTrace } from "../trace/parse.ts";
import { PLAIN } from "./paint.ts";
import { renderReplay } from "./replay.ts";

const STACK = addressSpaceSubject("x86-64");
const SPACE = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 24 };

/** The report on these requests, from a line of its own. */
async function report(lines: readonly string[], subject = STACK): Promise<string> {
  const trace = parseTrace(lines.join("\n"));
  if (!trace.ok) throw new Error(trace.error.message);
  const entry = {
    file: "-",
    surface: "address-space",
    space: SPACE,
    requests: trace.value.requests,
  } as const;
  const { replay, steps } = await recordReplay(entry, new InProcess(subject));
  if (replay.status !== "agree" && replay.status !== "finding") throw new Error(replay.reason);
  const view = {
    width: 80,
    addrBits: 48,
    paint: PLAIN,
    subject: "address-space (x86-64)",
    isKnown: false,
  };
  return `\n${renderReplay(entry, replay, steps, view)}`;
}

/** The stack, showing what `change` makes of what it shows. */
function showing(change: (observed: Observation, inner: Instance) => void): Subject {
  return {
    ...STACK,
    create: (space) => {
      const inner = STACK.create(space);
      return {
        apply: (request) => inner.apply(request),
        observe: (into) => {
          inner.observe(into);
          change(into, inner);
        },
        drop: (into) => inner.drop?.(into),
      };
    },
  };
}

test("a page that comes in and becomes a guard page, and a linear area that is cut", async () => {
  expect(
    await report([
      "map 0x0 0x2000 rw alloc:lazy",
      "fault 0x1000 w",
      "protect 0x1000 0x1000 -",
      "map 0x8000 0x2000 r linear:0x80000000",
      "unmap 0x8000 0x1000",
    ]),
  ).toMatchInlineSnapshot(`
    "
    case     -
    space    0x0-0x10000, 16 pages of 0x1000 bytes, 24 frames
    subject  address-space (x86-64)

      1  map 0x0 0x2000 rw alloc:lazy  -> ok
                        0x0      0x1000  0x2000  0x8000               0x9000
         before   nothing mapped
         map            <--------------->
         after    areas [rw lazy========]
                  pages  .        .       .       .
                  frames data=0 table=1
         (nothing differs elsewhere)

      2  fault 0x1000 w  -> ok true
                        0x0      0x1000  0x2000  0x8000               0x9000
         before   areas [rw lazy========]
                  pages  .        .       .       .
                  frames data=0 table=1
         fault                   <------>
         after    areas [rw lazy========]
                  pages  .        rw#1    .       .
                  frames data=1 table=4
         (nothing differs elsewhere)

      3  protect 0x1000 0x1000 -  -> ok
                        0x0      0x1000  0x2000  0x8000               0x9000
         before   areas [rw lazy========]
                  pages  .        rw#1    .       .
                  frames data=1 table=4
         protect                 <------>
         after    areas [rw lazy][- lazy]
                  pages  .        .       .       .
                  frames data=1 table=4
         (nothing differs elsewhere)

      4  map 0x8000 0x2000 r linear:0x80000000  -> ok
                        0x0      0x1000  0x2000  0x8000               0x9000
         before   areas [rw lazy][- lazy]
                  pages  .        .       .       .
                  frames data=1 table=4
         map                                     <--------------------
         after    areas [rw lazy][- lazy]        [r linear:0x80000000=
                  pages  .        .       .       r=0x80000000
                  frames data=1 table=4

                        0x9000               0xa000
         before   areas
                  pages  .
                  frames data=1 table=4
         map            -------------------->
         after    areas =r linear:0x80000000]
                  pages  r=0x80001000
                  frames data=1 table=4

      5  unmap 0x8000 0x1000  -> ok
                        0x0      0x1000  0x2000  0x8000               0x9000
         before   areas [rw lazy][- lazy]        [r linear:0x80000000=
                  pages  .        .       .       r=0x80000000
                  frames data=1 table=4
         unmap                                   <------------------->
         after    areas [rw lazy][- lazy]
                  pages  .        .       .       .
                  frames data=1 table=4

                        0x9000               0xa000
         before   areas =r linear:0x80000000]
                  pages  r=0x80001000
                  frames data=1 table=4
         after    areas [r linear:0x80001000]
                  pages  r=0x80001000
                  frames data=1 table=4

    agree    -: 5 steps
    "
  `);
});

describe("what a step says", () => {
  const STEPS = ["map 0x0 0x2000 rw alloc:eager"];

  /** The line of the last of these requests. */
  async function lastStep(...lines: readonly string[]): Promise<string> {
    return (
      (await report([...STEPS, ...lines]))
        .split(/\n(?= {2}\d)/)
        .at(-1)
        ?.split("\n")[0]
        ?.trim() ?? ""
    );
  }

  test("is not that nothing changes where bytes may have changed", async () => {
    expect(await lastStep("write 0x0 01")).toBe("2  write 0x0 01  -> ok");
    expect(await lastStep("store 0x0 01")).toBe("2  store 0x0 01  -> ok");
    expect(await lastStep("write 0x8000 01")).toBe("2  write 0x8000 01  -> err NotMapped, nothing changes");
    expect(await lastStep("store 0x8000 01")).toBe("2  store 0x8000 01  -> ok fault, nothing changes");
    expect(await lastStep("load 0x0 0x1")).toBe("2  load 0x0 0x1  -> ok 00, nothing changes");
  });

  test("cuts many bytes in the middle", async () => {
    expect(await lastStep(`write 0x0 ${"ab".repeat(4096)}`)).toBe(
      "2  write 0x0 abababababababab<4,080 bytes>abababababababab  -> ok",
    );
    expect(await lastStep("read 0x0 0x1000")).toBe(
      "2  read 0x0 0x1000  -> ok 0000000000000000<4,080 bytes>0000000000000000",
    );
  });
});

describe("a finding", () => {
  test("in the count of frames", async () => {
    const leaks = showing((observed) => {
      if (observed.dataFrames === 1) observed.dataFrames = 2;
    });
    expect(await report(["map 0x0 0x1000 r alloc:lazy", "fault 0x0 r"], leaks)).toMatchInlineSnapshot(`
      "
      case     -
      space    0x0-0x10000, 16 pages of 0x1000 bytes, 24 frames
      subject  address-space (x86-64)

        1  map 0x0 0x1000 r alloc:lazy  -> ok
                          0x0     0x1000
           before   nothing mapped
           map            <------>
           after    areas [r lazy]
                    pages  .
                    frames data=0 table=1

        2  fault 0x0 r  -> ok true
        >> FINDING: here model and implementation part
           frames: as many data frames are handed out as allocated pages have one, and no more frames than there are
           expected  frames data=1
           observed  frames data=2

                          0x0     0x1000
           before   areas [r lazy]
                    pages  .
                    frames data=0 table=1
           fault          <------>
           expected areas [r lazy]
                    pages  r#1
                    frames data=1
           observed areas [r lazy]
                    pages  r#1
                    frames data=2 table=4
           differ   frames ^^^^^^

      FINDING  -: step 2 of 2, frames: expected frames data=1, observed frames data=2
      "
    `);
  });

  test("in the frame of a page", async () => {
    let shown = 0;
    const moves = showing((observed) => {
      if (observed.pageCount === 1 && shown++ > 0) observed.pagePhysicals[0] = 0x80009000;
    });
    expect(
      await report(["map 0x3000 0x1000 r alloc:eager", "clear !backend=0"], moves),
    ).toMatchInlineSnapshot(`
      "
      case     -
      space    0x0-0x10000, 16 pages of 0x1000 bytes, 24 frames
      subject  address-space (x86-64)

        1  map 0x3000 0x1000 r alloc:eager  -> ok
                          0x3000   0x4000
           before   nothing mapped
           map            <------->
           after    areas [r eager]
                    pages  r#1
                    frames data=1 table=4

        2  clear !backend=0  -> err BadState (1 injected failure fired)
        >> FINDING: here model and implementation part
           identity: an allocated page keeps its frame, which is handed out as data and no other page's
           expected  page 0x3000=0x80001000:r
           observed  page 0x3000=0x80009000:r

                          0x3000   0x4000
           before   areas [r eager]
                    pages  r#1
                    frames data=1 table=4
           expected areas [r eager]
                    pages  r#1
                    frames data=1
           observed areas [r eager]
                    pages  r#2
                    frames data=1 table=4
           differ   pages ^^^^^^^^

      FINDING  -: step 2 of 2, identity: expected page 0x3000=0x80001000:r, observed page 0x3000=0x80009000:r
      "
    `);
  });
});
