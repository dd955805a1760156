import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCorpusFile } from "./parse.ts";
import { describeProblem } from "./problem.ts";

const SOUND = {
  mapcheck: 1,
  id: "memory-set/unmap-areas-3f9c2b1e",
  surface: "memory-set",
  space: { base: "0x0", size: "0x10000", page: "0x1000", frames: 0 },
  dialect: {},
  trace: ["map 0x0 0x2000 rw mock", "unmap 0x0 0x1000"],
  answers: ["ok", "ok"],
  finding: { kind: "invariant", check: "areas", at: 1, expected: "none", observed: "one", answer: "ok" },
  implementation: "axaddrspace 0.1.1",
  origin: { seed: "nightly-17", run: 8123, found: "2026-11-20", shrunkFrom: 37 },
  status: "regression",
  note: "The right part is lost.",
};

/** The file as it is laid out on disk. */
function lines(file: object): string {
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** How a file is read: its status, and the problem with it as one line. */
function outcome(content: string | object | Uint8Array, path?: string): string {
  const bytes =
    content instanceof Uint8Array
      ? content
      : Buffer.from(typeof content === "string" ? content : lines(content));
  const parsed = parseCorpusFile(bytes, path);
  return parsed.status === "entry"
    ? "entry"
    : `${parsed.status} ${describeProblem("x.json", parsed.problem)}`;
}

describe("a corpus file", () => {
  test("is a case", () => {
    expect(outcome(SOUND)).toBe("entry");
  });

  test("may hold only what is needed", () => {
    const { answers, finding, implementation, origin, note, ...needed } = SOUND;
    expect(outcome(needed)).toBe("entry");
    expect(outcome({ ...needed, origin: {} })).toBe("entry");
  });

  test("may have a byte order mark and line ends of either kind", () => {
    expect(outcome(`\ufeff${lines(SOUND).replaceAll("\n", "\r\n")}`)).toBe("entry");
  });

  test("cut off anywhere is a truncated one", () => {
    const text = lines(SOUND).trimEnd();
    for (let length = 1; length < text.length; length++) {
      expect(outcome(text.slice(0, length))).toMatch(/^broken x\.json:\d+:\d+: the JSON ends in the middle/);
    }
  });

  test("that is damaged anywhere is read or is one line of a problem, and never an exception", () => {
    const whole = Buffer.from(lines(SOUND));
    const damage = fc.record({
      at: fc.nat(whole.length - 1),
      drop: fc.nat(9),
      put: fc.uint8Array({ maxLength: 9 }),
    });
    fc.assert(
      fc.property(damage, ({ at, drop, put }) => {
        const damaged = Buffer.concat([whole.subarray(0, at), put, whole.subarray(at + drop)]);
        expect(outcome(damaged)).toMatch(/^(entry|(broken|stale) x\.json:\d+:\d+: \P{C}+; \P{C}+)$/u);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});

describe("a broken file says what is wrong, where, and what to do", () => {
  const without = (key: keyof typeof SOUND) => {
    const { [key]: _, ...rest } = SOUND;
    return rest;
  };
  const space = (change: object) => ({ ...SOUND, space: { ...SOUND.space, ...change } });
  const finding = (change: object) => ({ ...SOUND, finding: { ...SOUND.finding, ...change } });
  const origin = (change: object) => ({ ...SOUND, origin: { ...SOUND.origin, ...change } });
  const sound = (reason: string, found: string) => `5:12: "space" must be sound (${reason}), found ${found}`;
  const shown = (change: object) => JSON.stringify({ ...SOUND.space, ...change });

  test.each([
    { file: [1], problem: "1:1: the file must be an object, found [1]" },
    { file: [], problem: "1:1: the file must be an object, found []" },
    { file: without("mapcheck"), problem: '1:1: key "mapcheck" is missing; add it' },
    { file: { ...SOUND, mapcheck: "1" }, problem: '2:15: "mapcheck" must be 1, found "1"' },
    { file: { ...SOUND, mapcheck: 1.5 }, problem: '2:15: "mapcheck" must be 1, found 1.5' },
    {
      file: { mapcheck: 2, id: 5 },
      problem:
        "2:15: version 2 of the corpus file format; this program reads version 1; " +
        "use the mapcheck that wrote the file, or save the case again with this one",
    },
    { file: without("status"), problem: '1:1: key "status" is missing; add it' },
    {
      file: { ...SOUND, colour: "red", smell: "none" },
      problem: '37:3: unknown key "colour"; remove it, or use a mapcheck that knows it',
    },
    { file: space({ bits: 64 }), problem: '10:5: unknown key "space.bits"' },
    { file: { ...SOUND, id: 7 }, problem: '3:9: "id" must be a string, found 7; correct it' },
    {
      file: { ...SOUND, surface: "disk" },
      problem: '4:14: "surface" must be one of "memory-set", "address-space"',
    },
    { file: { ...SOUND, space: null }, problem: '5:12: "space" must be an object, found null' },
    { file: space({ base: 0 }), problem: '6:13: "space.base" must be a string, found 0' },
    {
      file: space({ base: "4096" }),
      problem: '6:13: "space.base" must be a hexadecimal number such as "0x1000"',
    },
    {
      file: space({ base: "0x10000000000000" }),
      problem: '6:13: "space.base" must be below 0x10000000000000, found',
    },
    {
      file: space({ page: "0x1800" }),
      problem: sound("the page size must be a power of two", shown({ page: "0x1800" })),
    },
    {
      file: space({ page: "0x0" }),
      problem: sound("the page size must be a power of two", shown({ page: "0x0" })),
    },
    {
      file: space({ base: "0x80" }),
      problem: sound("the base must be a multiple of the page", shown({ base: "0x80" })),
    },
    {
      file: space({ size: "0x0" }),
      problem: sound("the size must be a multiple of the page and not 0", shown({ size: "0x0" })),
    },
    {
      file: space({ base: "0xffffffffff000", size: "0x1000" }),
      problem:
        '5:12: "space" must be sound (base + size must be below the end of the address space), found {"base":',
    },
    { file: space({ frames: -1 }), problem: '9:15: "space.frames" must be 0 or more, found -1' },
    { file: space({ frames: 1.5 }), problem: '9:15: "space.frames" must be a whole number, found 1.5' },
    { file: { ...SOUND, dialect: [] }, problem: '11:14: "dialect" must be an object, found []' },
    {
      file: { ...SOUND, dialect: { sizes: 1 } },
      problem: '12:14: "dialect.sizes" must be a string, found 1',
    },
    { file: { ...SOUND, trace: "clear" }, problem: '12:12: "trace" must be an array, found "clear"' },
    {
      file: { ...SOUND, trace: [] },
      problem: '12:12: "trace" must be an array with at least one line, found []',
    },
    { file: { ...SOUND, trace: ["clear", 5] }, problem: '14:5: "trace[1]" must be a string, found 5' },
    {
      file: { ...SOUND, answers: ["ok"] },
      problem: '16:14: "answers" must be as long as the trace, which has length 2, found ["ok"]',
    },
    {
      file: finding({ kind: "bug" }),
      problem: '21:13: "finding.kind" must be one of "answer", "invariant", "panic"',
    },
    { file: finding({ at: -1 }), problem: '23:11: "finding.at" must be 0 or more, found -1' },
    {
      file: finding({ at: 2 }),
      problem: '23:11: "finding.at" must be the index of a line of the trace, below 2, found 2',
    },
    { file: finding({ answer: undefined }), problem: '20:14: key "finding.answer" is missing' },
    {
      file: origin({ found: "2026-02-30" }),
      problem: '32:14: "origin.found" must be a date such as "2026-11-20"',
    },
    { file: origin({ run: "8" }), problem: '31:12: "origin.run" must be a whole number, found "8"' },
    {
      file: { ...SOUND, status: "open" },
      problem: '35:13: "status" must be one of "regression", "known", "unstable", "stale"',
    },
    { file: { ...SOUND, note: 1 }, problem: '36:11: "note" must be a string, found 1' },
  ])("$problem", ({ file, problem }) => {
    expect(outcome(file).slice(0, `broken x.json:${problem}`.length)).toBe(`broken x.json:${problem}`);
  });

  test.each([
    "memory-set/../../etc/passwd",
    "memory-set/..",
    "memory-set/a/b",
    "memory-set/-a",
    "memory-set/A",
    "memory-set/",
    "/etc/passwd",
    "memory-set\\a",
    "memory-set/a\n",
    "disk/a",
    "constructor/a",
  ])("%j is no id", (id) => {
    expect(outcome({ ...SOUND, id })).toMatch(
      /^broken x\.json:3:9: "id" must be a name such as "memory-set\//,
    );
  });

  test("an id belongs to the file's surface", () => {
    expect(outcome({ ...SOUND, id: "address-space/a" })).toBe(
      'broken x.json:3:9: "id" must be a name below "memory-set/", found "address-space/a"; correct it',
    );
  });

  test("a lone number, the version though it be", () => {
    expect(outcome("1")).toBe("broken x.json:1:1: the file must be an object, found 1; correct it");
  });

  test("a file that is larger than any corpus file", () => {
    const remedy = "remove it from the corpus";
    const large = `broken x.json: the file has more than 64 MiB, which no corpus file has; ${remedy}`;
    expect(outcome(Buffer.alloc(64 * 2 ** 20 + 1, " "))).toBe(large);
    expect(outcome(Buffer.alloc(64 * 2 ** 20, " "))).toMatch(/the file is empty/);
  });

  test("a file that isn't UTF-8, at the first byte that can't be", () => {
    const remedy = "save it in that encoding, or restore it from version control";
    const latin = Buffer.from(lines({ ...SOUND, note: "né" }), "latin1");
    expect(outcome(latin)).toBe(`broken x.json:36:13: the file isn't UTF-8; ${remedy}`);
    const wide = Buffer.from(`\ufeff${lines(SOUND)}`, "utf16le");
    expect(outcome(wide)).toBe(`broken x.json:1:1: the file isn't UTF-8; ${remedy}`);
  });
});

describe("the id of a file in a corpus directory", () => {
  test.each([
    "/home/me/corpus/memory-set/unmap-areas-3f9c2b1e.json",
    "/memory-set/unmap-areas-3f9c2b1e.json",
  ])("fits %s", (path) => {
    expect(outcome(SOUND, path)).toBe("entry");
  });

  test.each([
    "/corpus/unmap-areas-3f9c2b1e.json",
    "/corpus/memory-set/unmap-areas.json",
    "/corpus/address-space/unmap-areas-3f9c2b1e.json",
    "/corpus/not-memory-set/unmap-areas-3f9c2b1e.json",
  ])("doesn't fit %s", (path) => {
    expect(outcome(SOUND, path)).toBe(
      'broken x.json:3:9: the id "memory-set/unmap-areas-3f9c2b1e" isn\'t where the file is; ' +
        "name the file memory-set/unmap-areas-3f9c2b1e.json below the corpus directory, or correct the id",
    );
  });
});

describe("a stale file is sound JSON that this version can't replay", () => {
  const remedy = "correct the line, or delete the file if the case has had its day";

  test("a line of the trace that doesn't parse: its line in the file, its column in the trace", () => {
    expect(outcome({ ...SOUND, trace: ["clear", "unmap 0x0 lots"] })).toBe(
      `stale x.json:14:5: trace[1], column 11: "lots" is not a number (write hexadecimal like 0x1000 or decimal); ${remedy}`,
    );
  });

  test.each(["", "# a comment", "reset base=0x0 size=0x1000 page=0x1000 frames=0", "clear\nclear"])(
    "%j is no line of a trace",
    (line) => {
      expect(outcome({ ...SOUND, trace: ["clear", line] })).toMatch(
        /^stale x\.json:14:5: trace\[1\], column 1: /,
      );
    },
  );

  test("an answer that its request can't have", () => {
    expect(outcome({ ...SOUND, trace: ["areas", "clear"], answers: ["ok none", "ok none"] })).toMatch(
      /^stale x\.json:18:5: answers\[1\], column 4: "none" .+; correct the line/,
    );
  });

  test("a dialect", () => {
    expect(outcome({ ...SOUND, dialect: { tides: "low" } })).toBe(
      'stale x.json:12:14: unknown dialect key "tides"; use a mapcheck that knows it',
    );
    expect(outcome({ ...SOUND, dialect: { sizes: "small" } })).toBe(
      'stale x.json:12:14: sizes has no value "small"; use a mapcheck that knows it',
    );
    expect(outcome({ ...SOUND, dialect: { sizes: "roundup" } })).toBe("entry");
  });
});
