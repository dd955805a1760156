import { join } from "node:path";
import { type Result, success } from "../trace/result.ts";
import { casesIn, loadCorpus, problemsIn } from "./cases.ts";
import { type Covered, isSameCase, isSameRun, partCases, type Sameness, type SavedCase } from "./covering.ts";
import type { CorpusEntry } from "./entry.ts";
import { isThere, type LoadedFile, loadFile } from "./load.ts";
import { describeProblem } from "./problem.ts";
import { removeCovered } from "./prune.ts";
import { saveEntry } from "./save.ts";

/** A case of another corpus, and what became of it. */
export type Taken =
  | { readonly status: "added"; readonly from: string; readonly file: string }
  /** `file` holds it. `differs` says in which status or of which implementation, where that is another one. */
  | { readonly status: "there"; readonly from: string; readonly file: string; readonly differs?: string }
  /** It adds nothing to `file`. */
  | { readonly status: "covered"; readonly from: string; readonly file: string; readonly why: Sameness };

/** What merging came to. */
export interface Merged {
  readonly taken: readonly Taken[];
  /** Cases that were there, add nothing to what was added, and are gone. */
  readonly replaced: readonly Covered[];
  /** A line for each path that holds no case, and for each case that couldn't be taken. */
  readonly problems: readonly string[];
}

/**
 * Takes the cases below the directories `from` into the corpus `into`, which is made if it isn't there. What can't be read
 * keeps nothing from the others. The error, for a corpus that can't be listed, is one line that names it and the remedy.
 *
 * Any number of processes may do so at once. Each saves first and then looks again at what is there: of two cases that
 * cover each other, the process that saved the later one sees both, and all of them would keep the same one.
 */
export async function mergeCorpora(from: readonly string[], into: string): Promise<Result<Merged, string>> {
  const target = await loadTarget(into);
  if (!target.ok) return target;
  const merging = new Merging(into, casesIn(target.value));
  merging.problems.push(...problemsIn(target.value));
  for (const directory of from) {
    const source = await loadCorpus(directory);
    if (source.ok) merging.read(source.value);
    else merging.problems.push(source.error);
  }
  await merging.save();
  const replaced = await merging.settle();
  return success({ taken: merging.inOrder, replaced, problems: merging.problems });
}

async function loadTarget(into: string): Promise<Result<readonly LoadedFile[], string>> {
  return (await isThere(into)) ? loadCorpus(into) : success([]);
}

class Merging {
  readonly problems: string[] = [];
  private taken: Taken[] = [];
  /** When each file was read. */
  private readonly order = new Map<string, number>();
  /** Cases of ids that are new, from where they were read. */
  private readonly fresh = new Set<SavedCase>();
  /** What was added, by its new file. */
  private readonly added = new Map<string, SavedCase>();
  private readonly known: ReadonlyMap<string, SavedCase>;
  private readonly into: string;

  constructor(into: string, cases: readonly SavedCase[]) {
    this.into = into;
    this.known = new Map(cases.map((saved) => [saved.entry.id, saved]));
  }

  /** Takes note of the cases of another corpus. */
  read(loaded: readonly LoadedFile[]): void {
    this.problems.push(...problemsIn(loaded));
    for (const saved of casesIn(loaded)) {
      this.order.set(saved.file, this.order.size);
      const held = this.known.get(saved.entry.id);
      const twin = held ? undefined : this.twinOf(saved.entry);
      if (held) this.note(saved, held.entry, held.file);
      else if (twin) this.taken.push({ status: "covered", from: saved.file, file: twin.file, why: "run" });
      else this.fresh.add(saved);
    }
  }

  /** Saves the cases that add something. */
  async save(): Promise<void> {
    const { fresh } = this;
    const { kept, covered } = partCases([...this.known.values(), ...fresh]);
    for (const { saved, by, why } of covered) {
      if (!fresh.has(saved)) continue;
      const file = fresh.has(by) ? join(this.into, `${by.entry.id}.json`) : by.file;
      const isSame = saved.entry.id === by.entry.id && isSameRun(saved.entry, by.entry);
      if (isSame) this.note(saved, by.entry, file);
      else this.taken.push({ status: "covered", from: saved.file, file, why });
    }
    const adding = new Set(kept);
    for (const saved of fresh) if (adding.has(saved)) await this.add(saved);
  }

  /** Removes what adds nothing any more to what was added, and what was added if another process was faster. */
  async settle(): Promise<readonly Covered[]> {
    const { added } = this;
    if (added.size === 0) return [];
    const there = casesIn(await this.lookAgain());
    // Another process may have removed what was added already: it is to be told what covers it all the same.
    const gone = [...added.values()].filter(({ file }) => !there.some((saved) => saved.file === file));
    const { covered } = partCases([...there, ...gone]);
    const concerned = covered.filter(({ saved, by }) => added.has(saved.file) || added.has(by.file));
    const { removed, problems } = await removeCovered(concerned);
    this.problems.push(...problems);
    const losers = new Map(removed.map((each) => [each.saved.file, each]));
    this.taken = this.taken.map((each) => {
      const loser = each.status === "added" ? losers.get(each.file) : undefined;
      if (loser === undefined) return each;
      return { status: "covered", from: each.from, file: loser.by.file, why: loser.why };
    });
    return removed.filter(({ saved }) => !added.has(saved.file));
  }

  /** What became of the cases, in the order in which they were read. */
  get inOrder(): readonly Taken[] {
    const placeOf = ({ from }: Taken) => this.order.get(from) ?? 0;
    return this.taken.toSorted((a, b) => placeOf(a) - placeOf(b));
  }

  /** The same case under another id, for one that was written by hand. */
  private twinOf(entry: CorpusEntry): SavedCase | undefined {
    if (entry.finding !== undefined) return undefined;
    return [...this.known.values()].find(
      (other) => other.entry.finding === undefined && isSameCase(entry, other.entry),
    );
  }

  private async lookAgain(): Promise<readonly LoadedFile[]> {
    const loaded = await loadCorpus(this.into);
    if (loaded.ok) return loaded.value;
    this.problems.push(loaded.error);
    return [];
  }

  private async add(saved: SavedCase): Promise<void> {
    const done = await saveEntry(this.into, saved.entry, "make the directory writable, or name another");
    if (!done.ok) {
      this.problems.push(done.error);
      return;
    }
    const { file, existed } = done.value;
    if (existed) {
      await this.compare(saved, file);
      return;
    }
    this.added.set(file, { file, entry: saved.entry });
    this.taken.push({ status: "added", from: saved.file, file });
  }

  /** What is in the way of a case: another process has saved it meanwhile, or else it is none. */
  private async compare(saved: SavedCase, file: string): Promise<void> {
    const found = await loadFile(file);
    if (found.status === "entry") this.note(saved, found.entry, file);
    else this.problems.push(inTheWay(saved.file, file, "the file of its name there holds no case"));
  }

  /** A case whose id is taken, by `held` in `file`. */
  private note({ file: from, entry }: SavedCase, held: CorpusEntry, file: string): void {
    if (!isSameRun(entry, held)) {
      this.problems.push(inTheWay(from, file, "another case has its id"));
      return;
    }
    const [here, there] = [standingOf(entry), standingOf(held)];
    const differs = here === there ? {} : { differs: `${there} there, ${here} here` };
    this.taken.push({ status: "there", from, file, ...differs });
  }
}

/** What a case is for, and whose it is. */
function standingOf({ status, implementation }: CorpusEntry): string {
  return implementation === undefined ? status : `${status} of ${implementation}`;
}

function inTheWay(from: string, file: string, why: string): string {
  const remedy = `give one of the two another id and file name: ${file}`;
  return describeProblem(from, { what: `not taken, as ${why}`, remedy });
}
