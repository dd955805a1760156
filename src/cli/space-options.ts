/** The options that choose the space that traces run in. */
import { type Command, Option } from "commander";
import { DEFAULT_PAGE, SMALL_SPACE_PAGES } from "../explore/spaces.ts";
import { type VirtAddr, virtAddr } from "../trace/address.ts";
import { misfitOfSpace } from "../trace/preconditions.ts";
import { failure, type Result, success } from "../trace/result.ts";
import { addressLimit, type Hello, type Space } from "../trace/space.ts";
import { parseAddress, parseCount, parseLimit } from "./options.ts";

/** What the command line says of the space. */
export interface SpaceOptions {
  readonly pages?: number;
  readonly base?: VirtAddr;
  /** Frames of physical memory; 0 for no limit. */
  readonly frames?: number;
  /** Bytes in a page. */
  readonly page?: number;
}

/** Adds `--pages`, `--base`, `--frames` and `--page` to a subcommand. `pages` says how many there are by default. */
export function addSpaceOptions(command: Command, pages = `${SMALL_SPACE_PAGES}`): void {
  command
    .addOption(
      new Option("--pages <count>", `how large the address space is, in pages (default: ${pages})`).argParser(
        parseCount,
      ),
    )
    .addOption(new Option("--base <address>", "where it begins (default: 0x0)").argParser(parseAddress))
    .addOption(
      new Option(
        "--frames <count>",
        "how many frames of memory there are; 0, the default, for no limit",
      ).argParser(parseLimit),
    )
    .addOption(
      new Option(
        "--page <bytes>",
        `how large a page is, a power of two; only memory-set knows others than ${hex(DEFAULT_PAGE)}`,
      ).argParser(parseCount),
    );
}

/** Whether the options choose a space. The size of a page alone doesn't on the address-space surface: it has one. */
export function choosesSpace({ pages, base, frames }: SpaceOptions): boolean {
  return pages !== undefined || base !== undefined || frames !== undefined;
}

/**
 * The space that the options choose for an implementation; it has `usualPages` unless they say otherwise. The error is
 * a line for the user.
 */
export function spaceOf(
  options: SpaceOptions,
  hello: Hello,
  usualPages = SMALL_SPACE_PAGES,
): Result<Space, string> {
  const { pages = usualPages, base = virtAddr(0), frames = 0, page = DEFAULT_PAGE } = options;
  if (hello.surface === "memory-set" && options.frames !== undefined) {
    return failure("--frames can't be used on the memory-set surface, which has no memory; leave it out");
  }
  if (frames > 0 && !hello.queries.includes("frames")) {
    return failure(`--frames can't be used here: ${hello.name} doesn't count its frames; leave it out`);
  }
  if (hello.surface === "address-space" && page !== DEFAULT_PAGE) {
    const why = `pages of the address-space surface have ${hex(DEFAULT_PAGE)} bytes`;
    return failure(`--page ${hex(page)} can't be used here: ${why}; leave it out, or test memory-set`);
  }
  const space = { base, size: pages * page, page, frames };
  const misfit = misfitOfSpace(space, addressLimit(hello), hello.surface);
  if (misfit === undefined) return success(space);
  const usual = { base: virtAddr(0), size: usualPages * DEFAULT_PAGE, page: DEFAULT_PAGE, frames: 0 };
  const [given, standard] = [space, usual].map((each) => spaceArguments(each, hello).join(" "));
  return failure(`${given} gives no usable space: ${misfit}; the default is ${standard}`);
}

/** The options that choose this space again. */
export function spaceArguments({ base, size, page, frames }: Space, { surface }: Hello): string[] {
  return [
    "--pages",
    `${size / page}`,
    ...(base === 0 ? [] : ["--base", hex(base)]),
    ...(frames === 0 ? [] : ["--frames", `${frames}`]),
    ...(surface === "memory-set" ? ["--page", hex(page)] : []),
  ];
}

function hex(bytes: number): string {
  return `0x${bytes.toString(16)}`;
}
