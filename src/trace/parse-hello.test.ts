import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MANNERS, PLAIN_DIALECT } from "./dialect.ts";
import { ALL_FLAGS, READ, RWX, UNCACHED, WRITE } from "./flags.ts";
import { type Greeting, parseHello } from "./parse-hello.ts";
import { type Hello, OFFERS } from "./space.ts";

const SET = "ok mapcheck 1 name=a-1.0 surface=memory-set";
const SPACE = "ok mapcheck 1 name=a-1.0 surface=address-space";

function greetingIn(line: string): Greeting {
  const parsed = parseHello(line);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

/** What a line without a warning says. */
function helloIn(line: string): Hello {
  const { hello, warnings } = greetingIn(line);
  expect(warnings).toEqual([]);
  return hello;
}

function errorIn(line: string): string {
  const parsed = parseHello(line);
  if (parsed.ok) throw new Error("it is taken");
  return parsed.error;
}

describe("what is missing", () => {
  test("is as the document says, on the memory-set surface", () => {
    expect(helloIn(SET)).toEqual({
      name: "a-1.0",
      surface: "memory-set",
      ...OFFERS["memory-set"],
      flags: ALL_FLAGS,
      pageFlags: RWX,
      failure: "consistent",
      inject: [],
      addrBits: 64,
      dialect: PLAIN_DIALECT,
    });
  });

  test("is all that the address-space surface has", () => {
    expect(helloIn(SPACE)).toMatchObject({ surface: "address-space", ...OFFERS["address-space"] });
  });
});

describe("each key", () => {
  test.each<[words: string, meant: Partial<Hello>]>([
    ["commands=map", { commands: ["map"] }],
    ["commands=drop,map,replace", { commands: ["map", "replace", "drop"] }],
    ["commands=,map,", { commands: ["map"] }],
    ["queries=areas", { queries: ["areas"] }],
    ["queries=none", { queries: ["areas"] }],
    ["queries=", { queries: ["areas"] }],
    ["queries=find,areas,find", { queries: ["areas", "find"] }],
    ["queries=can-access,frames", { queries: ["areas", "frames", "can-access"] }],
    ["backends=linear", { backends: ["linear"] }],
    ["backends=alloc:lazy,alloc:eager", { backends: ["alloc:eager", "alloc:lazy"] }],
    ["flags=rw", { flags: READ | WRITE }],
    ["flags=nr", { flags: READ | UNCACHED }],
    ["flags=-", { flags: 0 }],
    ["page-flags=rw", { pageFlags: READ | WRITE }],
    ["page-flags=-", { pageFlags: 0 }],
    ["failure=atomic", { failure: "atomic" }],
    ["failure=consistent", { failure: "consistent" }],
    ["inject=backend", { inject: ["backend"] }],
    ["inject=backend,frame", { inject: ["frame", "backend"] }],
    ["inject=none", { inject: [] }],
    ["addr-bits=17", { addrBits: 17 }],
    ["addr-bits=64", { addrBits: 64 }],
    ["addr-bits=052", { addrBits: 52 }],
    ["name=ü-1=2", { name: "ü-1=2" }],
  ])("%s", (words, meant) => {
    const named = words.startsWith("name=") ? SPACE.replace("name=a-1.0", words) : `${SPACE} ${words}`;
    expect(helloIn(named)).toEqual({ ...helloIn(SPACE), ...meant });
  });

  test.each(Object.entries(MANNERS).flatMap(([key, values]) => values.map((value) => [key, value])))(
    "%s=%s",
    (key, value) => {
      const { dialect } = helloIn(`${SPACE} ${key}=${value}`);
      expect(dialect).toEqual({ ...PLAIN_DIALECT, [key]: value });
    },
  );

  test("goes with the others, in any order", () => {
    const words = ["name=b", "zero-unmap=invalid", "surface=memory-set", "boundaries=free", "addr-bits=48"];
    const hello = helloIn(`ok mapcheck 1 ${words.join(" ")}`);
    expect(helloIn(`ok mapcheck 1 ${words.toReversed().join(" ")}`)).toEqual(hello);
    expect(hello).toMatchObject({ name: "b", addrBits: 48 });
    expect(hello.dialect).toEqual({ ...PLAIN_DIALECT, boundaries: "free", "zero-unmap": "invalid" });
  });
});

test.each([`${SET}\r`, `  ${SET}  `, SET.replaceAll(" ", "   ")])("spaces don't matter: %j", (line) => {
  expect(parseHello(line)).toEqual(parseHello(SET));
});

const FORM = "write: ok mapcheck 1 name=<token> surface=<memory-set or address-space> <key=value>…";

describe("nothing is taken but a greeting", () => {
  test.each<[line: string, error: string]>([
    ["", `it answered ""; ${FORM}`],
    ["ok", `it answered "ok"; ${FORM}`],
    ["Ok mapcheck 1 name=a surface=memory-set", `"; ${FORM}`],
    ["ok mapchekc 1 name=a surface=memory-set", `"; ${FORM}`],
    ["ok mapcheck 2 name=a surface=memory-set", `"; ${FORM}`],
    ["ok mapcheck 1.0 name=a surface=memory-set", `"; ${FORM}`],
    ["ok\tmapcheck 1", `it answered "ok\\tmapcheck 1"; ${FORM}`],
    ["err Unsupported", 'it answered "err Unsupported"; it has to speak version 1'],
    ["panic \u001b[2J", `it answered "panic \\u{1b}[2J"; ${FORM}`],
    ["ok mapcheck 1", `it doesn't say its surface; ${FORM}`],
    ["ok mapcheck 1 name=a", `it doesn't say its surface; ${FORM}`],
    ["ok mapcheck 1 surface=memory-set", `it doesn't say its name; ${FORM}`],
    ["ok mapcheck 1 name= surface=memory-set", `it doesn't say its name; ${FORM}`],
    [
      "ok mapcheck 1 name=a surface=memoryset",
      "surface=memoryset is unknown; write memory-set or address-space",
    ],
    [`${SET} words`, `"words" is not a key with its value; ${FORM}`],
    [`${SET} =1`, `"=1" is not a key with its value; ${FORM}`],
    [`${SET} name=b`, 'it says "name" a second time; leave one out'],
    [`${SET} odd=b odd=b`, 'it says "odd" a second time; leave one out'],
    [`${SET} boundaries=free boundaries=free`, 'it says "boundaries" a second time; leave one out'],
    [`${SET} failure=Atomic`, "failure=Atomic is unknown; write consistent or atomic"],
    [`${SET} failure=`, "failure= is unknown; write consistent or atomic"],
    [`${SET} boundaries=loose`, "boundaries=loose is unknown; write exact or free"],
    [
      `${SET} protect-holes=ski\u202ep`,
      "protect-holes=ski\\u{202e}p is unknown; write skip or stop or refuse or any",
    ],
    [`${SET} addr-bits=16`, "addr-bits=16 is not a width; write 17 to 64"],
    [`${SET} addr-bits=65`, "addr-bits=65 is not a width; write 17 to 64"],
    [`${SET} addr-bits=0x30`, "addr-bits=0x30 is not a width; write 17 to 64"],
    [`${SET} addr-bits=4e1`, "addr-bits=4e1 is not a width; write 17 to 64"],
    [`${SET} addr-bits=`, "addr-bits= is not a width; write 17 to 64"],
    [`${SET} addr-bits=${"9".repeat(400)}`, "9… is not a width; write 17 to 64"],
    [`${SET} commands=unmap,protect`, "it doesn't offer map; nothing can be tested without"],
    [`${SET} commands=`, "it doesn't offer map; nothing can be tested without"],
    [`${SET} commands=none`, "it doesn't offer map; nothing can be tested without"],
    [`${SET} backends=linear`, "it offers no backend of its surface; write some of mock"],
    [
      `${SPACE} backends=mock`,
      "it offers no backend of its surface; write some of linear,alloc:eager,alloc:lazy",
    ],
  ])("%j", (line, error) => {
    expect(errorIn(line).endsWith(error), errorIn(line)).toBe(true);
  });

  test("what is wrong first is said", () => {
    expect(errorIn(`${SET} failure=x addr-bits=x`)).toContain("failure=x");
    expect(errorIn("ok mapcheck 1 surface=x failure=x")).toContain("surface=x");
  });
});

describe("what isn't known is a warning, and left out of account:", () => {
  test.each<[words: string, warnings: readonly string[]]>([
    ["vendor=me", ['unknown key "vendor"']],
    ["toString=1 __proto__=2", ['unknown key "toString"', 'unknown key "__proto__"']],
    ["Failure=atomic", ['unknown key "Failure"']],
    ["a\u001b[31m=1", ['unknown key "a\\u{1b}[31m"']],
    ["commands=map,replace,unmap,protect,clear,drop,mpa", ['commands: unknown word "mpa"']],
    ["commands=map,replace,unmap,protect,clear,drop,fault", ['commands: unknown word "fault"']],
    ["queries=areas,pages,injected,find,overlaps,find-free,frames", ['queries: unknown word "frames"']],
    ["backends=mock,linear,linear", ['backends: unknown word "linear"']],
    ["flags=rwuxdn\u202e", ['flags: unknown flag "\\u{202e}"']],
    ["flags=rwxudn-", ['flags: unknown flag "-"']],
    ["inject=frame", ['inject: unknown word "frame"']],
    [`inject=${"x".repeat(1000)}`, [`inject: unknown word "${"x".repeat(80)}…"`]],
  ])("%s", (words, warnings) => {
    expect(greetingIn(`${SET} ${words}`)).toEqual({ hello: helloIn(SET), warnings });
  });

  test("failures that nothing counts", () => {
    const { hello, warnings } = greetingIn(`${SET} queries=areas inject=backend`);
    expect(warnings).toEqual(["inject: nothing tells which failures fired without the query injected"]);
    expect(hello.inject).toEqual([]);
    expect(helloIn(`${SET} queries=injected inject=backend`).inject).toEqual(["backend"]);
  });

  test("few of them are said, and the others counted", () => {
    const words = Array.from({ length: 10_000 }, (_, at) => `word${at}`);
    const { warnings } = greetingIn(`${SET} inject=${words}`);
    expect(warnings).toEqual([
      ...words.slice(0, 20).map((word) => `inject: unknown word "${word}"`),
      "9980 more words or keys that are unknown",
    ]);
  });
});

describe("a name", () => {
  function nameIn(name: string): string {
    return helloIn(`ok mapcheck 1 surface=memory-set name=${name}`).name;
  }

  test("has 64 characters", () => {
    expect(nameIn("n".repeat(64))).toBe("n".repeat(64));
    expect(nameIn(`${"n".repeat(64)}m`)).toBe("n".repeat(64));
  });

  test.each<[what: string, name: string, shown: string]>([
    ["control characters", "a\u001b[2Jb\u0007", "a\\u{1b}[2Jb\\u{7}"],
    ["marks that turn the writing", "a\u202eb\u2066", "a\\u{202e}b\\u{2066}"],
    ["other spaces", "a\u00a0b\tc\u2028d", "a\\u{a0}b\\tc\\u{2028}d"],
    ["half a character at its end", `${"n".repeat(63)}😀`, `${"n".repeat(63)}\\u{d83d}`],
  ])("with %s is harmless", (_what, name, shown) => {
    expect(nameIn(name)).toBe(shown);
  });
});

test("whatever a line says, what is said of it is one line of moderate length that no terminal obeys", () => {
  const word = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.constantFrom("name", "surface", "commands", "flags", "addr-bits", "boundaries", "failure", "inject"),
  );
  const pair = fc.tuple(word, word).map(([key, value]) => `${key}=${value}`);
  const start = fc.constantFrom("", "ok mapcheck 1 ", `${SET} `, `${SPACE} `);
  const line = fc
    .tuple(start, fc.array(pair, { maxLength: 6 }))
    .map(([first, words]) => first + words.join(" "));
  fc.assert(
    fc.property(line, (text) => {
      const parsed = parseHello(text);
      for (const said of parsed.ok ? [...parsed.value.warnings, parsed.value.hello.name] : [parsed.error]) {
        if (/\p{C}|\p{Zl}|\p{Zp}/u.test(said) || said.length >= 1000) return false;
      }
      return true;
    }),
    { numRuns: 200, seed: 1 },
  );
});
