/**
 * All states of a few pages of an address space, by a search that shares nothing with `check`: it goes along a path on a
 * fresh instance for every step, and has a notion of its own of what a state is, read from the model's columns and from
 * physical memory, as x86-64 has its tables there.
 */
import { AddressSpaceModel } from "../../models/address-space.ts";
import { FRAME, UNKNOWN } from "../../models/space-pages.ts";
import { Executor } from "../execute/executor.ts";
import type { Subject } from "../subjects/subject.ts";
import { physAddr, virtAddr } from "../trace/address.ts";
import type { Hardware } from "../trace/hardware.ts";
import { requestsIn } from "../trace/literal.fixture.ts";
import { type Command, isCommand } from "../trace/request.ts";
import type { Space } from "../trace/space.ts";

const PAGE = 0x1000;
const FLAGS = ["-", "r", "rw"];
const KINDS = ["frame", "backend"] as const;

/** So many pages from address 0, and 12 frames. */
export function spaceOf(pages: number): Space {
  return { base: virtAddr(0), size: pages * PAGE, page: PAGE, frames: 12 };
}

/** Every command, in the order in which `check` tries them. */
function commandsOn(pages: number): Command[] {
  const lines = (texts: readonly string[]) => requestsIn(...texts).filter(isCommand);
  const ranges: (readonly [start: number, size: number])[] = [];
  for (let size = 1; size <= pages; size++) {
    for (let first = 0; first + size <= pages; first++) ranges.push([first * PAGE, size * PAGE]);
  }
  const maps = ["linear", "alloc:eager", "alloc:lazy"].flatMap((kind) =>
    ranges.flatMap(([start, size]) =>
      FLAGS.map((flags) => {
        const backend = kind === "linear" ? `linear:${0x4000_0000 + start}` : kind;
        return `map ${start} ${size} ${flags} ${backend}`;
      }),
    ),
  );
  const onPages = (verb: string, operands: readonly string[]) =>
    Array.from({ length: pages }, (_, page) => page * PAGE).flatMap((addr) =>
      operands.map((operand) => `${verb} ${addr} ${operand}`),
    );
  return lines([
    ...maps,
    ...ranges.map(([start, size]) => `unmap ${start} ${size}`),
    ...ranges.flatMap(([start, size]) => FLAGS.map((flags) => `protect ${start} ${size} ${flags}`)),
    "clear",
    ...maps.map((map) => `${map} replace`),
    ...onPages("fault", ["r", "w"]),
    ...onPages("access", ["r", "w"]),
    ...onPages("store", ["00", "01"]),
  ]);
}

/** The words of a frame that are not 0, each with its place. */
function wordsIn({ words }: Hardware, frame: number): string {
  let text = "";
  for (let place = 0; place < 1024; place++) {
    const word = words[frame * 1024 + place] ?? 0;
    if (word !== 0) text += `${place}=${word} `;
  }
  return text;
}

/**
 * The machine: the entries of tables on the way down, with names of frames in the place of their addresses; the TLB; how
 * many tables there are; and what is in free frames, sorted.
 */
function machineOf(hardware: Hardware): string {
  const { words, memoryStart } = hardware;
  const names: number[] = [];
  const nameOf = (address: number): string => {
    if (hardware.useOf(physAddr(address)) === "free") return `outside ${address}`;
    if (!names.includes(address)) names.push(address);
    return `frame ${names.indexOf(address)}`;
  };
  const lines: string[] = [];
  const visit = (table: number, level: number) => {
    const first = (table - memoryStart) / 4;
    for (let index = 0; index < 512; index++) {
      const low = words[first + 2 * index] ?? 0;
      const high = words[first + 2 * index + 1] ?? 0;
      if (low === 0 && high === 0) continue;
      const address = low - (low % PAGE) + (high % 2 ** 20) * 2 ** 32;
      lines.push(`${level} ${index} ${nameOf(address)} ${low % PAGE} ${high - (high % 2 ** 20)}`);
      if (level > 0) visit(address, level - 1);
    }
  };
  visit(hardware.root, 3);
  hardware.forEachCached((addr, size, physical, flags) => {
    lines.push(`cached ${addr} ${size} ${nameOf(physical)} ${flags}`);
  });
  const frames = Array.from({ length: words.length / 1024 }, (_, frame) => frame);
  const useOf = (frame: number) => hardware.useOf(physAddr(memoryStart + frame * PAGE));
  const free = frames.filter((frame) => useOf(frame) === "free").map((frame) => wordsIn(hardware, frame));
  const tables = frames.filter((frame) => useOf(frame) === "table").length;
  return [...lines, tables, ...free.filter((text) => text !== "").sort()].join("\n");
}

/** The model: its areas; and of each page with a frame its first byte, and whether the frame is known. */
function modelOf(model: AddressSpaceModel, pages: number): string {
  const areas = model.areas().map((area) => JSON.stringify(area));
  const { state } = model;
  const frames = Array.from({ length: pages }, (_, page) => {
    if ((state.pages.get(page) & FRAME) === 0) return "none";
    const byte = state.contents.byteAt(state.pages.content(page), 0);
    return `${byte} ${state.pages.physical(page) !== UNKNOWN}`;
  });
  return [...areas, ...frames].join("\n");
}

/** A state, the pages in which stores are banned, a bit for each, and how it was reached first. */
interface State {
  readonly what: string;
  readonly bans: number;
  readonly path: readonly Command[];
}

/** Goes from state to state. */
class Search {
  private readonly executor: Executor;
  private readonly pages: number;
  private readonly commands: readonly Command[];

  constructor(subject: Subject, pages: number) {
    this.executor = new Executor(subject, spaceOf(pages));
    this.pages = pages;
    this.commands = commandsOn(pages);
  }

  /** Goes along a path on a fresh instance, and says where it leads and whether a failure fired in its last step. */
  stateAfter(path: readonly Command[]): State & { readonly fired: boolean } {
    const { executor, pages } = this;
    let hardware: Hardware | undefined;
    let fired = false;
    executor.start();
    for (const command of path) {
      const finding = executor.step(command, undefined, (_request, _answer, observed) => {
        hardware = observed.hardware;
        fired = observed.injected > 0;
      });
      if (finding) throw new Error(`${finding.check}: ${finding.observed}`);
    }
    const { model } = executor.judge;
    if (!(model instanceof AddressSpaceModel)) throw new Error("another model");
    // Before the first command nobody knows how many tables there are, and so it is a state of its own.
    const what = hardware ? `${modelOf(model, pages)}\n${machineOf(hardware)}` : "nothing";
    return { what, bans: bansAfter(path), path, fired };
  }

  /** Every step that can be taken: the commands as they are, and with each failure that fires. */
  *stepsFrom({ path, bans }: State): Generator<State> {
    for (const command of this.commands) {
      if (command.op === "store" && (bans & (1 << (command.addr / PAGE))) !== 0) continue;
      yield this.stateAfter([...path, command]);
      for (const kind of KINDS) {
        for (let after = 0; ; after++) {
          const step = this.stateAfter([...path, { ...command, inject: { kind, after } }]);
          if (!step.fired) break;
          yield step;
        }
      }
    }
  }
}

/** The pages of all linear maps: with few frames nothing takes them away, as it might have failed. */
function bansAfter(path: readonly Command[]): number {
  let bans = 0;
  for (const command of path) {
    if (command.op !== "map" || command.backend.kind !== "linear") continue;
    for (let addr = command.start; addr < command.start + command.size; addr = virtAddr(addr + PAGE)) {
      bans |= 1 << (addr / PAGE);
    }
  }
  return bans;
}

/**
 * Counts states, breadth first. Where `isCovered`, a state that is known with some of the bans, or with none, counts as
 * known with all of them too.
 */
export function searchAddressSpace(subject: Subject, pages: number, isCovered: boolean) {
  const search = new Search(subject, pages);
  const states: State[] = [search.stateAfter([])];
  const known = new Map<string, number[]>([["nothing", [0]]]);
  let transitions = 0;
  for (const state of states) {
    for (const step of search.stepsFrom(state)) {
      transitions++;
      const bans = known.get(step.what) ?? [];
      if (bans.some((some) => (isCovered ? (some & ~step.bans) === 0 : some === step.bans))) continue;
      known.set(step.what, [...bans, step.bans]);
      states.push(step);
    }
  }
  return { states: states.length, transitions, depth: states.at(-1)?.path.length };
}
