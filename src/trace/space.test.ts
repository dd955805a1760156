import { expect, test } from "vitest";
import { ADDRESS_LIMIT } from "./address.ts";
import { addressLimit, MEMORY_SET_HELLO } from "./space.ts";

test("addresses end at the implementation's width, and at 2^52 for wider ones", () => {
  const limits = [16, 39, 52, 53, 64].map((addrBits) => addressLimit({ ...MEMORY_SET_HELLO, addrBits }));
  expect(limits).toEqual([0x10000, 2 ** 39, ADDRESS_LIMIT, ADDRESS_LIMIT, ADDRESS_LIMIT]);
});
