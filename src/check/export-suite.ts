import { createHash } from "node:crypto";
import type { CorpusEntry } from "../corpus/entry.ts";
import { saveEntry } from "../corpus/save.ts";
import { ownManners } from "../trace/dialect.ts";
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
    const identity = JSON.stringify([hello.surface, suite.space, lines]);
    const hash = createHash("sha256").update(identity).digest("hex").slice(0, 8);
    const manners = ownManners(hello.dialect);
    const entry: CorpusEntry = {
      id: `${hello.surface}/suite-${String(index + 1).padStart(width, "0")}-${hash}`,
      surface: hello.surface,
      space: suite.space,
      ...(Object.keys(manners).length > 0 && { dialect: manners }),
      requests,
      status: "regression",
    };
    const saved = await saveEntry(directory, entry);
    if (!saved.ok) return saved;
  }
  return success(undefined);
}
