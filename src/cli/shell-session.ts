import { type CorpusEntry, caseOf } from "../corpus/entry.ts";
import { misfitOfCase } from "../corpus/fit.ts";
import { describeProblem } from "../corpus/problem.ts";
import { saveEntry } from "../corpus/save.ts";
import { TypedTrace } from "../explore/typed-trace.ts";
import { type Background, lastStep } from "../report/replay.ts";
import { describeSpace, titleOf } from "../report/setting.ts";
import { upToFinding } from "../shrink/reduce.ts";
import { escapeText } from "../trace/escape.ts";
import { formatParseError, parseRequest, parseSpace } from "../trace/parse.ts";
import { printRequest, printSpace } from "../trace/print.ts";
import type { Space } from "../trace/space.ts";
import { isShellWord, RESET, SHELL_WORDS } from "./shell-words.ts";
import { type OpenTarget, replayLine } from "./target.ts";

/** What comes of a line. Every text is a line or several, without the last line end. */
export type Reply =
  | { readonly kind: "shown"; readonly text: string }
  /** It was not done, for this reason. */
  | { readonly kind: "refused"; readonly text: string }
  | { readonly kind: "over" };

/** What a session needs to know. */
export interface ShellSetting {
  readonly target: OpenTarget;
  readonly space: Space;
  /** Where `save` puts cases. */
  readonly corpus: string;
  /** What pictures are drawn on. */
  readonly view: Background;
}

const NOTHING: Reply = { kind: "shown", text: "" };

const HELP = [
  "a request      ask it of both sides, as map 0x1000 0x3000 rw alloc:lazy",
  "reset ...      begin with nothing in another space, as",
  "               reset base=0x0 size=0x10000 page=0x1000 frames=0",
  ...Object.values(SHELL_WORDS),
  "docs/trace-language.md has all requests; Tab completes a word.",
];

/** A session of the shell: takes lines, and says what comes of each. */
export class ShellSession {
  private readonly setting: ShellSetting;
  private readonly trace: TypedTrace;
  private lines = 0;

  constructor(setting: ShellSetting) {
    this.setting = setting;
    this.trace = new TypedTrace(setting.target.driver, setting.space);
  }

  /** What is tested, and where. */
  get opening(): string {
    const { target } = this.setting;
    return `${titleOf(target)}, ${this.place}\nhelp says what can be typed`;
  }

  /** Whether model and implementation part, as it stands. */
  get differs(): boolean {
    return this.trace.now.recorded.replay.status === "finding";
  }

  /** Does what a line says. */
  async enter(line: string): Promise<Reply> {
    this.lines++;
    const [word = "", ...rest] = line.trim().split(/\s+/);
    if (word === "" || word.startsWith("#")) return NOTHING;
    if (word === RESET) return this.reset(line);
    if (!isShellWord(word)) return this.ask(line);
    switch (word) {
      case "undo":
        return this.undo();
      case "trace":
        return shown(this.traceLines());
      case "save":
        return this.save(rest);
      case "help":
        return shown(HELP);
      case "quit":
        return { kind: "over" };
    }
  }

  private async ask(line: string): Promise<Reply> {
    const request = parseRequest(line, this.lines);
    if (!request.ok) return refused(formatParseError(request.error));
    if (this.differs) {
      return refused(
        "model and implementation have parted; take lines back with undo, or begin anew with reset",
      );
    }
    const misfit = await this.trace.ask(request.value);
    if (misfit) return refused(`line ${this.lines}: ${escapeText(misfit.reason)}; nothing was asked`);
    return shown(this.lastLines());
  }

  private reset(line: string): Reply {
    const space = parseSpace(line.trim(), this.lines);
    if (!space.ok) return refused(formatParseError(space.error));
    const misfit = misfitOfCase({ space: space.value, requests: [] }, this.setting.target.driver.hello);
    if (misfit) return refused(`line ${this.lines}: ${escapeText(misfit.reason)}`);
    this.trace.beginIn(space.value);
    return shown([this.place]);
  }

  private undo(): Reply {
    if (!this.trace.undo()) return refused("there is nothing to take back");
    return shown(this.trace.now.requests.length === 0 ? [this.place] : this.lastLines());
  }

  private async save([name, ...more]: readonly string[]): Promise<Reply> {
    if (name === undefined || more.length > 0) return refused("write a name behind save, in one word");
    const { corpus, target } = this.setting;
    const entry = this.entryCalled(name);
    if (entry === undefined) return refused("there is nothing to save; ask something first");
    const saved = await saveEntry(
      corpus,
      entry,
      "make the directory writable, or name another with --corpus",
    );
    if (!saved.ok) return refused(saved.error);
    const { file, existed } = saved.value;
    const taken = { what: "there is a case of this name already", remedy: "save under another name" };
    if (existed) return refused(describeProblem(file, taken));
    return shown([
      `saved as ${escapeText(file)}`,
      `to see it again: ${escapeText(replayLine(file, target))}`,
    ]);
  }

  private entryCalled(name: string): CorpusEntry | undefined {
    const { target } = this.setting;
    const { space, requests, recorded } = this.trace.now;
    if (requests.length === 0) return undefined;
    const { hello } = target.driver;
    const finding = recorded.replay.status === "finding" ? recorded.replay.finding : undefined;
    const reached = finding ? upToFinding(requests, finding).requests : requests;
    return {
      id: `${hello.surface}/${name}`,
      ...caseOf(hello, space, reached),
      ...(finding && { finding, implementation: target.name }),
      status: "regression",
    };
  }

  private get place(): string {
    return describeSpace(this.trace.now.space, this.setting.view.addrBits);
  }

  private traceLines(): readonly string[] {
    const { space, requests } = this.trace.now;
    const { addrBits } = this.setting.view;
    return [printSpace(space, addrBits), ...requests.map((request) => printRequest(request, addrBits))];
  }

  private lastLines(): readonly string[] {
    const { space, requests, recorded } = this.trace.now;
    const { replay, steps } = recorded;
    const { surface } = this.setting.target.driver.hello;
    const lines = lastStep({ surface, space, requests }, replay, steps, this.setting.view);
    return [`${requests.length}  ${lines[0] ?? ""}`, ...lines.slice(1)];
  }
}

function shown(lines: readonly string[]): Reply {
  return { kind: "shown", text: lines.join("\n") };
}

function refused(text: string): Reply {
  return { kind: "refused", text };
}
