/**
 * A subject of this program behind the trace language. The first argument is its name. All that it shows in one process
 * it shows here too, but for the machine below.
 */
import { ownManners } from "../../trace/dialect.ts";
import { Observation } from "../../trace/observation.ts";
import { parseRequest, parseSpace } from "../../trace/parse.ts";
import { printAnswer, printFlags } from "../../trace/print.ts";
import type { Hello } from "../../trace/space.ts";
import { findSubject } from "../registry.ts";
import type { Instance, Subject } from "../subject.ts";
import { print, requests } from "./pipes.fixture.ts";

/** What stands behind the program's name. */
export type LoopbackArguments = readonly [subject: string];

/** Answers the lines of a session. */
class Loopback {
  private readonly subject: Subject;
  private instance: Instance | undefined;
  private readonly dropped = new Observation();
  private isDropped = false;

  constructor(subject: Subject) {
    this.subject = subject;
  }

  answer(line: string): string {
    try {
      return this.carryOut(line);
    } catch (error) {
      return printAnswer({ kind: "panic", text: String(error) });
    }
  }

  private carryOut(line: string): string {
    const { hello } = this.subject;
    const [verb] = line.split(" ");
    switch (verb) {
      case "hello":
        return greeting(hello);
      case "reset":
        return this.reset(line);
      case "drop":
        this.isDropped = true;
        this.instance?.drop?.(this.dropped);
        return "ok";
      case "sync":
        return "ok";
    }
    const request = parseRequest(line);
    if (!request.ok || this.instance === undefined) return "err InvalidParam";
    if (this.isDropped) return `ok data=${this.dropped.dataFrames} table=${this.dropped.tableFrames}`;
    return printAnswer(this.instance.apply(request.value), hello.addrBits, request.value.op);
  }

  private reset(line: string): string {
    const space = parseSpace(line);
    if (!space.ok) return "err InvalidParam";
    this.isDropped = false;
    this.dropped.reset();
    this.instance = this.subject.create(space.value);
    return "ok";
  }
}

function greeting(hello: Hello): string {
  const { name, surface, commands, queries, backends, flags, pageFlags, failure, inject, addrBits } = hello;
  const keys = {
    name,
    surface,
    commands,
    queries,
    backends,
    inject,
    failure,
    flags: printFlags(flags),
    "page-flags": printFlags(pageFlags),
    "addr-bits": addrBits,
    ...ownManners(hello.dialect),
  };
  return `ok mapcheck 1 ${Object.entries(keys)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ")}`;
}

const subject = findSubject(process.argv[2] ?? "")?.subject;
if (subject === undefined) throw new Error(`there is no subject ${process.argv[2]}`);
const loopback = new Loopback(subject);
let answers = "";
for (const line of requests()) {
  if (line === "quit") break;
  answers += `${loopback.answer(line)}\n`;
  if (line !== "sync") continue;
  print(answers);
  answers = "";
}
