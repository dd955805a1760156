import { ADDRESS_BITS } from "./address.ts";
import { isManner, MANNERS, PLAIN_DIALECT, withManner } from "./dialect.ts";
import { escapeText } from "./escape.ts";
import { ALL_FLAGS, FLAG_LETTERS, type Flags, RWX } from "./flags.ts";
import { failure, type Result, success } from "./result.ts";
import { type Hello, OFFERS, type Offer, type Surface } from "./space.ts";

/** What an implementation says of itself, and what of it this program doesn't understand, a line each. */
export interface Greeting {
  readonly hello: Hello;
  readonly warnings: readonly string[];
}

const FORM = "ok mapcheck 1 name=<token> surface=<memory-set or address-space> <key=value>…";

/** A name is shown in many places, and names files. */
const MAX_NAME = 64;

/** The least width of addresses: it has room for a small space, 64 KiB, and its end. */
export const LEAST_BITS = 17;
/** The widest addresses. */
export const MOST_BITS = 64;

/** The failures that each surface has. */
const INJECTIONS: { readonly [S in Surface]: Hello["inject"] } = {
  "memory-set": ["backend"],
  "address-space": ["frame", "backend"],
};

/** More warnings than so many are only counted. */
const MOST_WARNINGS = 20;

/**
 * Parses the answer to `hello 1`. The error says what is wrong with it and what to write instead, safe to print on a
 * terminal.
 */
export function parseHello(line: string): Result<Greeting, string> {
  const text = line.replace(/\r$/, "").trim();
  const [ok, program, version, ...words] = text.split(/ +/);
  if (ok === "err") return failure(`it answered ${quoted(text)}; it has to speak version 1`);
  if (ok !== "ok" || program !== "mapcheck" || version !== "1") {
    return failure(`it answered ${quoted(text)}; write: ${FORM}`);
  }
  const keys = new Map<string, string>();
  for (const word of words) {
    const equals = word.indexOf("=");
    if (equals < 1) return failure(`${quoted(word)} is not a key with its value; write: ${FORM}`);
    const key = word.slice(0, equals);
    if (keys.has(key)) return failure(`it says ${quoted(key)} a second time; leave one out`);
    keys.set(key, word.slice(equals + 1));
  }
  return new GreetingReader(keys).read();
}

/** Reads the values of the keys. The first that is wrong is kept. */
class GreetingReader {
  private readonly keys: ReadonlyMap<string, string>;
  private readonly warnings: string[] = [];
  private unsaid = 0;
  private error: string | undefined = undefined;

  constructor(keys: ReadonlyMap<string, string>) {
    this.keys = keys;
  }

  read(): Result<Greeting, string> {
    const surface = this.surface();
    const hello: Hello = {
      name: this.name(),
      surface,
      flags: this.flags("flags", ALL_FLAGS),
      pageFlags: this.flags("page-flags", RWX),
      failure: this.oneOf("failure", ["consistent", "atomic"]),
      inject: this.listed("inject", INJECTIONS[surface], []),
      addrBits: this.addrBits(),
      dialect: this.dialect(),
      ...this.offer(OFFERS[surface]),
    };
    this.warnOfUnknownKeys();
    if (hello.inject.length > 0 && !hello.queries.includes("injected")) {
      this.warn("inject: nothing tells which failures fired without the query injected");
      return this.end({ ...hello, inject: [] });
    }
    return this.end(hello);
  }

  private end(hello: Hello): Result<Greeting, string> {
    if (this.error !== undefined) return failure(this.error);
    const more = this.unsaid === 0 ? [] : [`${this.unsaid} more words or keys that are unknown`];
    return success({ hello, warnings: [...this.warnings, ...more] });
  }

  private name(): string {
    const name = this.keys.get("name");
    if (name === undefined || name === "") this.fail(`it doesn't say its name; write: ${FORM}`);
    // Escaped here, once, as it is shown in many places.
    return escapeText((name ?? "").slice(0, MAX_NAME));
  }

  private surface(): Surface {
    const value = this.keys.get("surface");
    if (value === "memory-set" || value === "address-space") return value;
    this.fail(
      value === undefined
        ? `it doesn't say its surface; write: ${FORM}`
        : this.wrong("surface", value, ["memory-set", "address-space"]),
    );
    return "memory-set";
  }

  private flags(key: string, otherwise: Flags): Flags {
    const letters = this.keys.get(key);
    if (letters === undefined) return otherwise;
    let flags = 0;
    for (const letter of letters === "-" ? "" : letters) {
      const bit = FLAG_LETTERS.indexOf(letter);
      if (bit < 0) this.warn(`${key}: unknown flag ${quoted(letter)}`);
      else flags |= 1 << bit;
    }
    return flags;
  }

  private oneOf<T extends string>(key: string, values: readonly [T, ...T[]]): T {
    const value = this.keys.get(key);
    const known = value === undefined ? values[0] : values.find((each) => each === value);
    if (value !== undefined && known === undefined) this.fail(this.wrong(key, value, values));
    return known ?? values[0];
  }

  /** The words of a list that are known; all others are a warning. */
  private listed<T extends string>(key: string, known: readonly T[], otherwise: readonly T[]): readonly T[] {
    const value = this.keys.get(key);
    if (value === undefined) return otherwise;
    const words = new Set(value.split(",").filter((word) => word !== "" && word !== "none"));
    const found = known.filter((word) => words.delete(word));
    for (const word of words) this.warn(`${key}: unknown word ${quoted(word)}`);
    return found;
  }

  private addrBits(): number {
    const value = this.keys.get("addr-bits");
    if (value === undefined) return MOST_BITS;
    const bits = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (bits >= LEAST_BITS && bits <= MOST_BITS) return bits;
    this.fail(`addr-bits=${shortened(value)} is not a width; write ${LEAST_BITS} to ${MOST_BITS}`);
    return ADDRESS_BITS;
  }

  private dialect(): Hello["dialect"] {
    let dialect = PLAIN_DIALECT;
    for (const [key, value] of this.keys) {
      if (!isManner(key)) continue;
      const changed = withManner(dialect, key, value);
      if (changed === undefined) this.fail(this.wrong(key, value, MANNERS[key]));
      dialect = changed ?? dialect;
    }
    return dialect;
  }

  private offer(all: Offer): Offer {
    const commands = this.listed("commands", all.commands, all.commands);
    const queries = this.listed("queries", all.queries, all.queries);
    const backends = this.listed("backends", all.backends, all.backends);
    if (!commands.includes("map")) this.fail("it doesn't offer map; nothing can be tested without");
    if (backends.length === 0)
      this.fail(`it offers no backend of its surface; write some of ${all.backends.join(",")}`);
    return { commands, queries: queries.includes("areas") ? queries : ["areas", ...queries], backends };
  }

  private warnOfUnknownKeys(): void {
    for (const key of this.keys.keys()) {
      if (!KEYS.has(key) && !isManner(key)) this.warn(`unknown key ${quoted(key)}`);
    }
  }

  private wrong(key: string, value: string, values: readonly string[]): string {
    return `${key}=${shortened(value)} is unknown; write ${values.join(" or ")}`;
  }

  private warn(what: string): void {
    if (this.warnings.length < MOST_WARNINGS) this.warnings.push(what);
    else this.unsaid++;
  }

  private fail(what: string): void {
    this.error ??= what;
  }
}

const KEYS: ReadonlySet<string> = new Set([
  "name",
  "surface",
  "commands",
  "queries",
  "backends",
  "flags",
  "failure",
  "inject",
  "addr-bits",
  "page-flags",
]);

function quoted(text: string): string {
  return `"${shortened(text)}"`;
}

/** Words of somebody else, shortened and safe to print on a terminal. */
function shortened(text: string): string {
  const most = 80;
  return escapeText(text.length > most ? `${text.slice(0, most)}…` : text);
}
