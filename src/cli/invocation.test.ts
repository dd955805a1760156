import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { commandLine, PROGRAM } from "./invocation.ts";

test("the program is called from its sources here", () => {
  expect(PROGRAM).toBe("npm run -s mapcheck --");
});

test("plain arguments stay as they are", () => {
  expect(commandLine(["replay", "corpus/memory-set/a-1.json", "--subject", "defect:x"])).toBe(
    `${PROGRAM} replay corpus/memory-set/a-1.json --subject defect:x`,
  );
});

test.each(["", "a b", "it's", "$HOME", "a;b", "`x`", '"', "\\", "*", "#a", "~", "é", "a\nb", "-"])(
  "a shell reads %j as it was",
  (arg) => {
    const quoted = commandLine([arg]).slice(PROGRAM.length + 1);
    expect(execFileSync("sh", ["-c", `printf %s ${quoted}`], { encoding: "utf8" })).toBe(arg);
  },
);
