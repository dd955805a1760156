/**
 * A tiny adapter that is correct until it misbehaves, in the manner that its first argument names. The second one is a
 * file for what it has to remember from one process to the next; as a word of its command line it also tells its
 * processes from all others.
 */
import { spawn } from "node:child_process";
import { appendFileSync, closeSync, readFileSync, writeSync } from "node:fs";
import { print, requests } from "./pipes.fixture.ts";

/** What is printed for a request, given what a correct adapter prints. It may also never return. */
type Misbehaviour = (request: string, usual: string) => string | Uint8Array;

const OFFER = "surface=memory-set commands=map,unmap,clear queries=areas addr-bits=48";
const HELLO = `ok mapcheck 1 name=hostile ${OFFER}`;
const LIMIT = 2 ** 48;

const [, , manner = "", memory = ""] = process.argv;

/** Areas in address order, each with its flags: a memory set without a page table below it. */
class Areas {
  private list: { start: number; end: number; flags: string }[] = [];

  answer(verb: string, [start = 0, size = 0]: readonly number[], flags: string): string {
    const end = start + size;
    if (end >= LIMIT) return "err InvalidParam";
    switch (verb) {
      case "map":
        if (size === 0) return "err InvalidParam";
        if (this.list.some((area) => area.start < end && start < area.end)) return "err AlreadyExists";
        this.list.push({ start, end, flags });
        this.list.sort((a, b) => a.start - b.start);
        return "ok";
      case "unmap":
        if (size > 0) this.cut(start, end);
        return "ok";
      case "areas": {
        const shown = this.list.map((area) => `${hex(area.start)}-${hex(area.end)} ${area.flags} mock`);
        return `ok ${shown.join(";") || "none"}`;
      }
      case "reset":
      case "clear":
        this.list = [];
        return "ok";
      case "sync":
        return "ok";
      case "hello":
        return HELLO;
      default:
        return "err Unsupported";
    }
  }

  private cut(start: number, end: number): void {
    this.list = this.list.flatMap((area) =>
      [
        { ...area, end: Math.min(area.end, start) },
        { ...area, start: Math.max(area.start, end) },
      ].filter((part) => part.start < part.end),
    );
  }
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** Misbehaves at each request that begins with `verb`. */
function at(verb: string, misbehave: Misbehaviour): Misbehaviour {
  return (request, usual) => (request.startsWith(verb) ? misbehave(request, usual) : usual);
}

/** Misbehaves at one request, counted from 1. */
function atNumber(number: number, misbehave: Misbehaviour): Misbehaviour {
  let count = 0;
  return (request, usual) => (++count === number ? misbehave(request, usual) : usual);
}

/** Sleeps so many milliseconds, or for ever. */
function sleep(milliseconds?: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Never comes back, and lets that be known. */
function hang(): string {
  remember();
  sleep();
  return "";
}

function exit(status: number): string {
  process.exit(status);
  return "";
}

function killSelf(signal: NodeJS.Signals): string {
  process.kill(process.pid, signal);
  return hang();
}

function pourOut(text: string): string {
  for (;;) print(text);
}

/** Starts a process that goes on for ever and keeps the pipes, and goes on only when it is there. */
function leaveBehind({ detached = false } = {}): void {
  const before = remembered();
  const program = `
    process.on("SIGTERM", () => {});
    process.on("SIGHUP", () => {});
    require("node:fs").appendFileSync(process.argv[1], "started\\n");
    setInterval(() => {}, 1000);`;
  spawn(process.execPath, ["-e", program, memory], { stdio: "inherit", detached });
  while (remembered() === before) sleep(5);
}

/** How many things it remembers. */
function remembered(): number {
  try {
    return readFileSync(memory, "utf8").split("\n").length - 1;
  } catch {
    return 0;
  }
}

/** Remembers one more thing, and says how many it remembered before. */
function remember(): number {
  const before = remembered();
  appendFileSync(memory, "\n");
  return before;
}

/** Says this at hello. */
function hello(words: string): Misbehaviour {
  return at("hello", () => `${words}\n`);
}

/** Misbehaves at each unmap of its third run, counted through all the instances that a process has. */
function inThirdRun(misbehave: Misbehaviour): Misbehaviour {
  let runs = 0;
  return (request, usual) => {
    if (request.startsWith("reset")) runs++;
    return runs === 3 && request.startsWith("unmap") ? misbehave(request, usual) : usual;
  };
}

/** Misbehaves when the answers to a run are out. */
function behindRun(misbehave: Misbehaviour): Misbehaviour {
  let runs = 0;
  return (request, usual) => {
    if (request.startsWith("reset")) runs++;
    if (request !== "sync" || runs === 0) return usual;
    print(usual);
    return misbehave(request, usual);
  };
}

/** Lies at each unmap, until it hangs in the run with this number. */
function lyingUntilRun(number: number): Misbehaviour {
  let runs = 0;
  return (request, usual) => {
    if (request.startsWith("reset") && ++runs === number) return hang();
    return request.startsWith("unmap") ? "err BadState\n" : usual;
  };
}

/** Misbehaves in the second process that is started, in the fourth and so on. */
function inEveryOtherProcess(misbehave: Misbehaviour): Misbehaviour {
  let isEven = false;
  return (request, usual) => {
    if (request.startsWith("hello")) isEven = remember() % 2 === 1;
    return isEven ? misbehave(request, usual) : usual;
  };
}

const MEBI = 2 ** 20;

const MANNERS = {
  correct: (_request, usual) => usual,
  "exits at once": () => exit(0),
  "exits at once with 3": () => exit(3),
  "exits after hello": at("hello", (_request, usual) => {
    print(usual);
    return exit(0);
  }),
  "exits with 0": at("unmap", () => exit(0)),
  "exits with 3": at("unmap", () => exit(3)),
  "dies by a signal": at("unmap", () => killSelf("SIGSEGV")),
  "exits in the middle of a line": at("unmap", () => {
    print("o");
    return exit(3);
  }),
  "hangs at hello": at("hello", hang),
  "hangs at the 10th answer": atNumber(10, hang),
  hangs: at("unmap", hang),
  "answers late": at("unmap", (_request, usual) => {
    sleep(4000);
    return usual;
  }),
  "answers twice": at("unmap", (_request, usual) => usual + usual),
  "answers one too few": at("unmap", () => ""),
  "answers what was not asked": at("sync", (_request, usual) => `${usual}ok\n`),
  "prints binary": at("unmap", () => Uint8Array.from({ length: 256 }, (_, byte) => byte ^ 27)),
  "prints zeros": at("unmap", () => new Uint8Array(64)),
  "prints a line of 100 MB": at("unmap", () => {
    for (let done = 0; done < 100; done++) print("x".repeat(MEBI));
    return "\n";
  }),
  "prints for ever": at("unmap", () => pourOut("x".repeat(MEBI))),
  "prints lines for ever": at("unmap", () => pourOut("ok\n".repeat(MEBI))),
  "prints for ever at hello": at("hello", () => pourOut("x".repeat(MEBI))),
  "closes its output": at("unmap", () => {
    closeSync(1);
    return hang();
  }),
  "closes its input": at("unmap", () => {
    closeSync(0);
    return hang();
  }),
  "closes all and goes on": at("unmap", () => {
    for (const stream of [0, 1, 2]) closeSync(stream);
    return hang();
  }),
  "ignores quit": at("quit", hang),
  "ends with 3 after quit": at("quit", () => exit(3)),
  "answers quit": at("quit", () => "ok\n"),
  "leaves a child behind": at("unmap", () => {
    leaveBehind();
    return exit(3);
  }),
  "leaves a child behind at hello": at("hello", () => {
    leaveBehind();
    return exit(3);
  }),
  "leaves a child behind after quit": at("quit", () => {
    leaveBehind();
    return exit(0);
  }),
  "leaves a child in a session of its own": at("quit", () => {
    leaveBehind({ detached: true });
    return exit(0);
  }),
  "floods standard error": at("unmap", () => {
    for (let done = 0; done < 64; done++) writeSync(2, "e".repeat(MEBI));
    writeSync(2, "\x1b[2J the last words\u202e\n");
    return exit(3);
  }),
  "has a name that moves the cursor": hello(`ok mapcheck 1 name=\x1b[2J\u202eevil\x07 ${OFFER}`),
  "offers what there is not": hello(
    `ok mapcheck 1 name=hostile ${OFFER.replace("clear", "clear,frobnicate").replace("areas", "areas,moon")} ` +
      "backends=mock,tape flags=rwz inject=luck \x1b]0;x=\u202e1 colour=red",
  ),
  "offers nothing": hello("ok mapcheck 1 name=hostile surface=memory-set commands=none"),
  "speaks version 2": hello("ok mapcheck 2 name=hostile surface=memory-set"),
  "refuses version 1": hello("err Unsupported"),
  "answers hello with garbage": hello("\x1b[31mHello, \u0000world!\u202e"),
  "says another hello later": at("hello", (_request, usual) => {
    const flags = remember() > 0 ? " flags=r" : "";
    return usual.replace("\n", `${flags}\n`);
  }),
  "says garbage for a later hello": at("hello", (_request, usual) => (remember() > 0 ? "what?\n" : usual)),
  "panics and goes on": at("unmap", () => "panic \x1b[31mnot \u202eyet\n"),
  "panics and exits": at("unmap", () => {
    print("panic it is over\n");
    return exit(101);
  }),
  "crashes in the third run": inThirdRun(() => exit(3)),
  "exits behind a run": behindRun(() => exit(3)),
  "lies in the third run": inThirdRun(() => "err BadState\n"),
  "lies once": at("unmap", (_request, usual) => (remember() === 0 ? "err BadState\n" : usual)),
  "lies in every other process": inEveryOtherProcess(at("unmap", () => "err BadState\n")),
  "lies about areas": at("areas", () => "ok 0x0-0x1000 rw mock\n"),
  "lies at unmap and crashes at clear": (request, usual) => {
    if (request === "clear") return exit(3);
    return request.startsWith("unmap") ? "err BadState\n" : usual;
  },
  "lies at unmap and hangs in the 300th run": lyingUntilRun(300),
} as const satisfies Readonly<Record<string, Misbehaviour>>;

/** What the adapter does wrong. */
export type Manner = keyof typeof MANNERS;

function isManner(name: string): name is Manner {
  return Object.hasOwn(MANNERS, name);
}

if (!isManner(manner)) throw new Error(`there is no manner ${manner}`);
const misbehave: Misbehaviour = MANNERS[manner];
const areas = new Areas();
for (const request of requests()) {
  const [verb = "", start, size, flags = ""] = request.split(" ");
  const usual = verb === "quit" ? "" : `${areas.answer(verb, [Number(start), Number(size)], flags)}\n`;
  print(misbehave(request, usual));
  if (verb === "quit") process.exit(0);
}
