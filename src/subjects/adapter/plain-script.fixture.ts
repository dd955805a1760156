/** Fixtures that are programs, as plain scripts: Node alone starts them, many times quicker than from TypeScript. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** A script, with all that it imports in it. */
export interface PlainScript {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

// The stack loads its B+ tree when it runs, from where packages are looked for around the script.
const PACKAGES = fileURLToPath(new URL("../../../node_modules", import.meta.url));

/** Translates the program `name` of this folder. */
export async function plainScript(name: "hostile" | "loopback"): Promise<PlainScript> {
  const directory = await mkdtemp(join(PACKAGES, `.mapcheck-${name}-`));
  await build({
    configFile: false,
    logLevel: "silent",
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: fileURLToPath(new URL(`./${name}.fixture.ts`, import.meta.url)),
      outDir: directory,
      rolldownOptions: { output: { entryFileNames: "script.mjs" } },
    },
  });
  return { path: join(directory, "script.mjs"), remove: () => rm(directory, { recursive: true }) };
}
