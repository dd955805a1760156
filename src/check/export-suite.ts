import { caseOf, hashOf } from "../corpus/entry.ts";
import { saveEntry } from "../corpus/save.ts";
import { printRequest } from "../trace/print.ts";
import { type Result, success } from "../trace/result.ts";
import type { Hello } from "../trace/space.ts";
import type { ConformanceSuite } from "./conformance.ts";

/** Saves each trace of a suite as a case of a corpus. The error is one line that names the place and the remedy. */
export async function exportSuite(
  directory: string,
  suite: ConformanceSuite,
  hello: Hello,
): Promise<Result<void, string>> {
  const width = String(suite.traces.length).length;
  for (const [index, requests] of suite.traces.entries()) {
    const lines = requests.map((request) => printRequest(request));
    const hash = hashOf([hello.surface, suite.space, lines]);
    const name = `suite-${String(index + 1).padStart(width, "0")}-${hash}`;
    const id = `${hello.surface}/${name}`;
    const entry = { id, ...caseOf(hello, suite.space, requests), status: "regression" } as const;
    const saved = await saveEntry(directory, entry);
    if (!saved.ok) return saved;
  }
  return success(undefined);
}
