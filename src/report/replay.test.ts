import { describe, expect, test } from "vitest";
import { InProcess } from "../execute/driver.ts";
import { recordReplay, showsKnownBug } from "../explore/replay.ts";
import { findSubject } from "../subjects/registry.ts";
import type { Subject } from "../subjects/subject.ts";
import { virtAddr } from "../trace/address.ts";
import type { Answer } from "../trace/answer.ts";
import { parseTrace } from "../trace/parse.ts";
import { MEMORY_SET_HELLO } from "../trace/space.ts";
import { PLAIN } from "./paint.ts";
import { type ReplayCase, renderReplay, verdictLine } from "./replay.ts";

const VIEW = { width: 80, addrBits: 52, paint: PLAIN };
const SPACE = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 };

function caseOf(lines: readonly string[], more: Partial<ReplayCase> = {}): ReplayCase {
  const trace = parseTrace(lines.join("\n"));
  if (!trace.ok) throw new Error(trace.error.message);
  const { requests, space = SPACE } = trace.value;
  return { file: "-", surface: "memory-set", space, requests, ...more };
}

/** The report on a case, from a line of its own. */
async function report(
  entry: ReplayCase,
  name = "memory-set",
  subject = findSubject(name)?.subject,
): Promise<string> {
  if (subject === undefined) throw new Error(`there is no subject ${name}`);
  const { replay, steps } = await recordReplay(entry, new InProcess(subject));
  if (replay.status === "stale" || replay.status === "unsuited") throw new Error(replay.reason);
  const isKnown = replay.status === "finding" && showsKnownBug(entry, replay.finding, name);
  return `\n${renderReplay(entry, replay, steps, { ...VIEW, subject: name, isKnown })}`;
}

/** What a report says from the finding on. */
async function finding(entry: ReplayCase, name: string): Promise<string> {
  return `\n${(await report(entry, name)).replace(/^.*\n(?= {2}>> FINDING)/s, "")}`;
}

/** Answers every request alike and shows nothing. */
function answering(answer: Answer): Subject {
  return { hello: MEMORY_SET_HELLO, create: () => ({ apply: () => answer, observe: () => {} }) };
}

describe("a case that agrees", () => {
  test("a split, a boundary between equal neighbours, a hole, a query and a refusal", async () => {
    const entry = caseOf([
      "map 0x0 0x4000 rw mock",
      "map 0x4000 0x1000 rw mock",
      "protect 0x1000 0x1000 r",
      "unmap 0x3000 0x1000",
      "find 0x4000",
      "map 0x0 0x1000 r mock",
    ]);
    expect(await report(entry)).toMatchInlineSnapshot(`
      "
      case     -
      space    0x0-0x10000, 16 pages of 0x1000 bytes
      subject  memory-set

        1  map 0x0 0x4000 rw mock  -> ok
                          0x0     0x1000  0x2000  0x3000  0x4000  0x5000
           before   nothing mapped
           map            <------------------------------>
           after    areas [rw ===========================]
                    pages  rw      rw      rw      rw      .

        2  map 0x4000 0x1000 rw mock  -> ok
                          0x0     0x1000  0x2000  0x3000  0x4000  0x5000
           before   areas [rw ===========================]
                    pages  rw      rw      rw      rw      .
           map                                            <------>
           after    areas [rw ===========================][rw ===]
                    pages  rw      rw      rw      rw      rw

        3  protect 0x1000 0x1000 r  -> ok
                          0x0     0x1000  0x2000  0x3000  0x4000  0x5000
           before   areas [rw ===========================][rw ===]
                    pages  rw      rw      rw      rw      rw
           protect                <------>
           after    areas [rw ===][r ====][rw ===========][rw ===]
                    pages  rw      r       rw      rw      rw

        4  unmap 0x3000 0x1000  -> ok
                          0x0     0x1000  0x2000  0x3000  0x4000  0x5000
           before   areas [rw ===][r ====][rw ===========][rw ===]
                    pages  rw      r       rw      rw      rw
           unmap                                  <------>
           after    areas [rw ===][r ====][rw ===]        [rw ===]
                    pages  rw      r       rw      .       rw

        5  find 0x4000  -> ok 0x4000-0x5000 rw mock
        6  map 0x0 0x1000 r mock  -> err AlreadyExists, nothing changes

      agree    -: 6 steps
      "
    `);
  });

  test("a heading says where it is from", async () => {
    const more = { file: "corpus/memory-set/x.json", id: "memory-set/x", status: "known", note: "A hole." };
    expect(await report(caseOf(["clear"], more))).toMatchInlineSnapshot(`
      "
      case     memory-set/x (known)
      file     corpus/memory-set/x.json
      note     A hole.
      space    0x0-0x10000, 16 pages of 0x1000 bytes
      subject  memory-set

        1  clear  -> ok, nothing changes

      agree    corpus/memory-set/x.json: 1 step
      "
    `);
  });

  test("512 pages of 128 bytes: what differs lies in two of three blocks", async () => {
    const entry = caseOf([
      "reset base=0x0 size=0x10000 page=0x80 frames=0",
      ...[0, 1, 2, 3].map((index) => `map 0x${(index * 0x2000).toString(16)} 0x1000 rwx mock`),
      "protect 0x2c00 0x1800 r",
      "protect 0x2800 0x100 rw",
      "protect 0x2880 0x80 rw",
    ]);
    const [heading, , , , , ...steps] = (await report(entry)).split(/\n(?= {2}\d)/);
    expect(heading).toContain("space    0x0-0x10000, 512 pages of 0x80 bytes");
    expect(`\n${steps.join("\n")}`).toMatchInlineSnapshot(`
      "
        5  protect 0x2c00 0x1800 r  -> ok
                          0x2c00  0x3000  0x4000  0x4400  0x5000  0x6000  0x7000
           before   areas =rwx ==]        [rwx ==========]        [rwx ==]
                    pages  rwx *8  .       rwx *8  rwx     .       rwx
           protect        <---------------------->
           after    areas [r ====]        [r ====][rwx ==]        [rwx ==]
                    pages  r *8    .       r *8    rwx     .       rwx
           (nothing differs elsewhere)

        6  protect 0x2800 0x100 rw  -> ok
                          0x0     0x1000  0x2000  0x2800  0x2880  0x2900  0x2c00
           before   areas [rwx ==]        [rwx ==========================]
                    pages  rwx     .       rwx     rwx     rwx     rwx *6
           protect                                <-------------->
           after    areas [rwx ==]        [rwx ==][rw ===========][rwx ==]
                    pages  rwx     .       rwx     rw      rw      rwx *6
           (nothing differs elsewhere)

        7  protect 0x2880 0x80 rw  -> ok, nothing changes

      agree    -: 7 steps
      "
    `);
  });

  test("addresses near the end of all addresses", async () => {
    const entry = caseOf([
      "map 0xfffffffffd000 0x2000 rx mock",
      "unmap 0xfffffffffe000 0x1000",
      "unmap 0xffffffffff000 0x1000",
    ]);
    expect(await report(entry)).toMatchInlineSnapshot(`
      "
      case     -
      space    0x0-0x10000, 16 pages of 0x1000 bytes
      subject  memory-set

        1  map 0xfffffffffd000 0x2000 rx mock  -> ok
                          0xfffffffffd000 0xfffffffffe000 0xffffffffff000
           before   nothing mapped
           map            <------------------------------>
           after    areas [rx ===========================]
                    pages  rx              rx
           (nothing differs elsewhere)

        2  unmap 0xfffffffffe000 0x1000  -> ok
                          0xfffffffffd000 0xfffffffffe000 0xffffffffff000
           before   areas [rx ===========================]
                    pages  rx              rx
           unmap                          <-------------->
           after    areas [rx ===========]
                    pages  rx              .
           (nothing differs elsewhere)

        3  unmap 0xffffffffff000 0x1000  -> err InvalidParam, nothing changes

      agree    -: 3 steps
      "
    `);
  });
});

describe("a finding", () => {
  test("in the state: expected and observed one above the other", async () => {
    const entry = caseOf(["map 0x0 0x4000 rw mock", "unmap 0x1000 0x1000", "areas"]);
    expect(await report(entry, "defect:unmap-loses-right-part")).toMatchInlineSnapshot(`
      "
      case     -
      space    0x0-0x10000, 16 pages of 0x1000 bytes
      subject  defect:unmap-loses-right-part

        1  map 0x0 0x4000 rw mock  -> ok
                          0x0     0x1000  0x2000  0x4000
           before   nothing mapped
           map            <---------------------->
           after    areas [rw ===================]
                    pages  rw      rw      rw *2

        2  unmap 0x1000 0x1000  -> ok
        >> FINDING: here model and implementation part
           outside: nothing outside the command's range changes
           expected  0x2000 in 0x2000-0x4000 rw mock
           observed  0x2000 in no area

                          0x0     0x1000  0x2000  0x4000
           before   areas [rw ===================]
                    pages  rw      rw      rw *2
           unmap                  <------>
           expected areas [rw ===]        [rw ===]
                    pages  rw      .       rw *2
           observed areas [rw ===]
                    pages  rw      .       rw *2
           differ   areas                 ^^^^^^^

      FINDING  -: step 2 of 3, outside: expected 0x2000 in 0x2000-0x4000 rw mock, observed 0x2000 in no area
      "
    `);
  });

  test("in the pages alone", async () => {
    const entry = caseOf(["map 0x0 0x2000 - mock", "protect 0x0 0x2000 r"]);
    expect(await finding(entry, "defect:page-table-protect-skips-last")).toMatchInlineSnapshot(`
      "
        >> FINDING: here model and implementation part
           pages: the page table holds exactly the model's pages, flags included
           expected  page 0x1000:r
           observed  page 0x1000:-

                          0x0     0x2000
           before   areas [- ====]
                    pages  - *2
           protect        <------>
           expected areas [r ====]
                    pages  r *2
           observed areas [r ====]
                    pages  r -
           differ   pages ^^^^^^^

      FINDING  -: step 2 of 2, pages: expected page 0x1000:r, observed page 0x1000:-
      "
    `);
  });

  test("in areas that are malformed", async () => {
    const entry = caseOf(["map 0x0 0x2000 r mock", "unmap 0x1000 0x1000"]);
    expect(await finding(entry, "defect:unmap-leaves-empty-area")).toMatchInlineSnapshot(`
      "
        >> FINDING: here model and implementation part
           order: areas are in address order, not empty, made of whole pages, and do not overlap; so are pages
           expected  areas in order, of whole pages, not empty, without overlap
           observed  0x0-0x1000 r mock;0x2000-0x2000 r mock

                          0x0     0x1000  0x2000  0x3000
           before   areas [r ============]
                    pages  r       r       .
           unmap                  <------>
           expected areas [r ====]
                    pages  r       .       .
           observed areas [r ====]        []r
                    pages  r       .       .
           differ   areas                 ^^^^^^^

      FINDING  -: step 2 of 2, order: expected areas in order, of whole pages, not empty, without overlap, observed 0x0-0x1000 r mock;0x2000-0x2000 r mock
      "
    `);
  });

  test("in an answer that leaves the state right: one picture", async () => {
    const entry = caseOf(["map 0x0 0x1000 r mock", "find 0x1000"]);
    expect(await finding(entry, "defect:find-includes-end")).toMatchInlineSnapshot(`
      "
        >> FINDING: here model and implementation part
           answer: every request is answered as the contract says
           expected  ok none
           observed  ok 0x0-0x1000 r mock

                          0x0     0x1000  0x2000
           state    areas [r ====]
                    pages  r       .
           find                   <------>

      FINDING  -: step 2 of 2, answer: expected ok none, observed ok 0x0-0x1000 r mock
      "
    `);
  });

  test("in an answer about no address: no picture", async () => {
    const text = await report(caseOf(["clear"]), "always-busy", answering({ kind: "err", name: "BadState" }));
    expect(text).toContain(
      "     observed  err BadState\n\nFINDING  -: step 1 of 1, answer: expected ok, observed err",
    );
  });

  test("in an answer after an injected failure, with how often it fired", async () => {
    const entry = caseOf(["map 0x0 0x2000 - mock", "protect 0x0 0x1000 r !backend=0"]);
    expect(await report(entry, "defect:protect-splits-before-call")).toContain(
      "  2  protect 0x0 0x1000 r !backend=0  -> err BadState (1 injected failure fired)\n  >> FINDING",
    );
  });

  test("that is a panic: what was there, and what should be", async () => {
    const entry = caseOf(["map 0x1000 0x1000 - mock", "map 0x0 0x2000 - mock replace !backend=0"]);
    expect(await report(entry, "defect:failed-unmap-panics")).toMatchInlineSnapshot(`
      "
      case     -
      space    0x0-0x10000, 16 pages of 0x1000 bytes
      subject  defect:failed-unmap-panics

        1  map 0x1000 0x1000 - mock  -> ok
                          0x0     0x1000  0x2000
           before   nothing mapped
           map                    <------>
           after    areas         [- ====]
                    pages  .       -

        2  map 0x0 0x2000 - mock replace !backend=0  -> panic Error: called unwrap on an error: BadState
        >> FINDING: here model and implementation part
           panic: no request makes the implementation throw or die
           expected  no panic
           observed  Error: called unwrap on an error: BadState

                          0x0     0x1000  0x2000
           before   areas         [- ====]
                    pages  .       -
           map            <-------------->
           expected areas [- ============]
                    pages  -       -

      FINDING  -: step 2 of 2, panic: expected no panic, observed Error: called unwrap on an error: BadState
      "
    `);
  });

  test("against an answer that the case demands", async () => {
    const entry = caseOf(["map 0x0 0x1000 r mock", "find 0x0"], {
      answers: [{ kind: "ok" }, { kind: "area", area: null }],
    });
    expect(await finding(entry, "memory-set")).toMatchInlineSnapshot(`
      "
        >> FINDING: not the answer that the case demands
           answer: model and implementation agree, and the case itself demands another answer
           expected  ok none
           observed  ok 0x0-0x1000 r mock

                          0x0     0x1000
           state    areas [r ====]
                    pages  r
           find           <------>

      FINDING  -: step 2 of 2, answer: expected ok none, observed ok 0x0-0x1000 r mock
      "
    `);
  });
});

describe("text that came from elsewhere does nothing on a terminal", () => {
  const evil = "\u001b[2J\u001b]0;title\u0007\u202e<b>\nFINDING";

  test("from a file", async () => {
    const text = await report(caseOf(["clear"], { file: evil, id: evil, status: evil, note: evil }));
    expect(text).toContain("note     \\u{1b}[2J\\u{1b}]0;title\\u{7}\\u{202e}<b>\\u{a}FINDING\n");
    expect(text.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
  });

  test("from a subject", async () => {
    const text = await report(caseOf(["clear"]), evil, answering({ kind: "panic", text: evil }));
    expect(text).toContain("1  clear  -> panic \\u{1b}[2J");
    expect(text.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
  });
});

test("a known bug is no finding for the implementation that it is about", async () => {
  const entry = caseOf(["map 0x0 0x3000 r mock", "unmap 0x1000 0x1000"], {
    status: "known",
    implementation: "defect:unmap-loses-right-part",
  });
  expect(await report(entry, "defect:unmap-loses-right-part")).toContain("\nknown    -: step 2 of 2, ");
  const finding = { check: "panic", at: 1, expected: "no panic", observed: "oh", answer: "panic" };
  for (const other of [{ implementation: "else" }, { finding: { ...finding, kind: "panic" as const } }]) {
    const text = await report({ ...entry, ...other }, "defect:unmap-loses-right-part");
    expect(text).toContain("\nFINDING  -: step 2 of 2, ");
  }
});

test("the verdict alone", () => {
  const entry = caseOf(["map 0x0 0x1000 r mock", "clear"], { file: "corpus/memory-set/x.json" });
  expect(verdictLine(entry, { status: "agree" }, false, PLAIN)).toBe(
    "agree    corpus/memory-set/x.json: 2 steps",
  );
});
