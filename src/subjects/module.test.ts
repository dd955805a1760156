import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadSubject } from "./module.ts";

test("x", async () => {
  const d = await mkdtemp(join(tmpdir(), "mc-"));
  const root = new URL("../..", import.meta.url).pathname;
  const body = `export default { hello: MEMORY_SET_HELLO, create: () => { throw new Error("no") } }`;
  await writeFile(join(d, "a.ts"), `import { MEMORY_SET_HELLO, type Subject } from ${JSON.stringify(root + "src/index.ts")};\nconst s: Subject = { hello: MEMORY_SET_HELLO, create: () => { throw new Error("no") } };export default s;`);
  await writeFile(join(d, "syn.ts"), `export default {{;`);
  await writeFile(join(d, "syn.mjs"), `export default {{;`);
  await writeFile(join(d, "c.cts"), `module.exports = { hello: {}, create() {} };`);
  await writeFile(join(d, "c.cjs"), `module.exports = { hello: {}, create() {} };`);
  await writeFile(join(d, "none.mjs"), `export const a = 1;`);
  await writeFile(join(d, "throws.mjs"), `throw new Error("line one\\nline two \\x1b[31m");`);
  await writeFile(join(d, "throwsnull.mjs"), `throw null;`);
  for (const f of ["a.ts", "syn.ts", "syn.mjs", "c.cts", "c.cjs", "none.mjs", "throws.mjs", "throwsnull.mjs", "gone.mjs", "gone.ts"]) {
    const r = await loadSubject(join(d, f));
    console.log(f, JSON.stringify(r));
  }
  await rm(d, { recursive: true });
});
