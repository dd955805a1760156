import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FRAME_SIZE } from "./format.ts";
import { pa } from "./machine.fixture.ts";
import { PhysicalMemory } from "./physical-memory.ts";

const START = pa(0x8000_0000);

/** What is in the first frames, as text. */
function contentsOf(memory: PhysicalMemory, count = 4): string[] {
  return Array.from({ length: count }, (_, index) => {
    const { places, values } = memory.contentOf(index);
    return places.map((place, at) => `${place}=${values[at]}`).join(" ");
  });
}

describe("what a frame holds", () => {
  test("are the words that are not 0, in order", () => {
    const memory = new PhysicalMemory(START);
    expect(contentsOf(memory)).toEqual(["", "", "", ""]);
    memory.frame(1).words[1023] = 0x8000_0000;
    memory.frame(1).bytes[1] = 7;
    memory.frame(3).words.fill(9, 5, 8);
    expect(contentsOf(memory)).toEqual(["", "0=1792 1023=2147483648", "", "5=9 6=9 7=9"]);
  });

  test("is read again after the frame was asked for", () => {
    const memory = new PhysicalMemory(START);
    const { words } = memory.frame(0);
    words[3] = 1;
    const content = memory.contentOf(0);
    expect(memory.contentOf(0)).toBe(content);
    memory.frame(0).words[3] = 2;
    expect(contentsOf(memory, 1)).toEqual(["3=2"]);
    memory.frame(0).words.fill(0);
    expect(contentsOf(memory, 1)).toEqual([""]);
  });

  test("is nothing when its words are 0 again, whatever was remembered", () => {
    const memory = new PhysicalMemory(START);
    memory.frame(0).words[3] = 1;
    memory.snapshot(1);
    memory.frame(0).words[3] = 0;
    expect(contentsOf(memory, 1)).toEqual([""]);
  });

  test("stays when memory grows, and so do snapshots", () => {
    const memory = new PhysicalMemory(START);
    memory.frame(2).words[0] = 5;
    const restore = memory.snapshot(3);
    memory.frame(2).words[0] = 6;
    memory.grow();
    expect(memory.frameCount).toBe(32);
    memory.frame(31).words[1] = 1;
    expect([...contentsOf(memory), memory.contentOf(31).places]).toEqual(["", "", "0=6", "", [1]]);
    restore();
    expect([...contentsOf(memory), memory.contentOf(31).places]).toEqual(["", "", "0=5", "", []]);
  });
});

test("asks are counted: as long as there is none, nothing has changed", () => {
  const memory = new PhysicalMemory(START);
  const { asks } = memory;
  memory.contentOf(0);
  memory.snapshot(2);
  expect(memory.asks).toBe(asks);
  memory.frame(0);
  expect(memory.asks).toBeGreaterThan(asks);
});

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

/** What can be done to a memory of four frames: write a word, remember, or go back to what was remembered. */
const doing = fc.oneof(
  fc.record({
    what: fc.constant("write" as const),
    frame: fc.nat(3),
    word: fc.constantFrom(0, 1, 1023),
    value: fc.nat(2),
  }),
  fc.record({ what: fc.constant("remember" as const) }),
  fc.record({ what: fc.constant("go back" as const), to: fc.nat(5) }),
);

test("any snapshots bring all of it back, in whatever order and as often as they are called", () => {
  fc.assert(
    fc.property(fc.array(doing, { maxLength: 40 }), (all) => {
      const memory = new PhysicalMemory(START);
      const naive = new Uint32Array(FRAME_SIZE);
      const snapshots: { readonly restore: () => void; readonly words: Uint32Array }[] = [];
      for (const each of all) {
        if (each.what === "write") {
          memory.frame(each.frame).words[each.word] = each.value;
          naive[each.frame * 1024 + each.word] = each.value;
        } else if (each.what === "remember") {
          snapshots.push({ restore: memory.snapshot(4), words: naive.slice() });
        } else {
          const snapshot = snapshots[each.to];
          snapshot?.restore();
          if (snapshot) naive.set(snapshot.words);
        }
        // Compared as bytes, which is far faster than word by word.
        expect(Buffer.compare(bytesOf(memory.words.subarray(0, FRAME_SIZE)), bytesOf(naive))).toBe(0);
        for (let frame = 0; frame < 4; frame++) {
          const words = Array.from(naive.subarray(frame * 1024, (frame + 1) * 1024));
          const places = words.flatMap((word, place) => (word === 0 ? [] : [place]));
          expect(memory.contentOf(frame)).toEqual({ places, values: places.map((place) => words[place]) });
        }
      }
    }),
    { seed: 1, numRuns: 100 },
  );
});
