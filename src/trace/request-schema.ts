import { z } from "zod";
import { ADDRESS_LIMIT } from "./address.ts";
import { ALL_FLAGS, RWX } from "./flags.ts";
import type { Request } from "./request.ts";

const address = z.int().min(0).lt(ADDRESS_LIMIT);
const size = z.int().min(0).max(ADDRESS_LIMIT);
const flags = z.int().min(0).max(ALL_FLAGS);
const access = z.int().min(1).max(RWX);
const bytes = z.instanceof(Uint8Array);
const inject = z.strictObject({ kind: z.enum(["frame", "backend"]), after: z.int().min(0) }).optional();
const backend = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.enum(["mock", "alloc:eager", "alloc:lazy"]) }),
  z.strictObject({ kind: z.literal("linear"), physical: address }),
]);

const schema = z.discriminatedUnion("op", [
  z.strictObject({
    op: z.literal("map"),
    start: address,
    size,
    flags,
    backend,
    replace: z.boolean(),
    inject,
  }),
  z.strictObject({ op: z.literal("unmap"), start: address, size, inject }),
  z.strictObject({ op: z.literal("protect"), start: address, size, flags, inject }),
  z.strictObject({ op: z.literal("clear"), inject }),
  z.strictObject({ op: z.enum(["fault", "access"]), addr: address, access, inject }),
  z.strictObject({ op: z.enum(["write", "store"]), addr: address, bytes, inject }),
  z.strictObject({ op: z.literal("load"), addr: address, size, inject }),
  z.strictObject({ op: z.enum(["areas", "pages", "frames", "injected"]) }),
  z.strictObject({ op: z.enum(["find", "translate"]), addr: address }),
  z.strictObject({ op: z.enum(["overlaps", "read"]), start: address, size }),
  z.strictObject({ op: z.literal("can-access"), start: address, size, access }),
  z.strictObject({
    op: z.literal("find-free"),
    hint: address,
    size,
    limit: z.strictObject({ start: address, end: address }),
    align: size,
  }),
]);

/** Whether `value`, which may come from anywhere, is one request of the trace language. */
export function isRequest(value: unknown): value is Request {
  return schema.safeParse(value).success;
}
