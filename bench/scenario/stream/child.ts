/**
 * One job of one contestant in a process of its own, which then prints how long it took and how much memory the process
 * had at its peak. Arguments: job, contestant, bytes, directory.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { byId } from "./contestants.ts";
import type { Bytes, OpenedStream } from "./contract.ts";
import { source } from "./source.ts";

/** What a reader takes in a second that is slow, and for how long it is looked at. */
const SLOW_BYTES = 2 ** 20;
const SLOW_SECONDS = 3;
const CALLERS = 8;

/** What a process hands back. */
export interface Outcome {
  /** Time of the job, without the start of the process and the opening of the contestant. */
  readonly us: number;
  /** The most memory that the process ever had: code, heap and buffers. */
  readonly peakBytes: number;
  /** Bytes that a caller read. */
  readonly read: number;
}

async function drain(bytes: Bytes): Promise<number> {
  let read = 0;
  for await (const chunk of bytes) read += chunk.length;
  return read;
}

async function firstByte(bytes: Bytes): Promise<number> {
  for await (const chunk of bytes) {
    firstByteAt = performance.now();
    return chunk.length;
  }
  return 0;
}
let firstByteAt: number | undefined;

/** Reads a little each second, then goes away. */
async function dawdle(bytes: Bytes): Promise<number> {
  const started = performance.now();
  let read = 0;
  for await (const chunk of bytes) {
    read += chunk.length;
    const dueMs = (read / SLOW_BYTES) * 1000;
    if (dueMs >= SLOW_SECONDS * 1000) break;
    const waitMs = dueMs - (performance.now() - started);
    if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  return read;
}

type Job = (opened: OpenedStream) => Promise<number>;

const jobs: Readonly<Record<string, Job>> = {
  "miss": async (opened) => await drain(await opened.miss()),
  "hit": async (opened) => await drain(await opened.hit()),
  "slow-miss": async (opened) => await dawdle(await opened.miss()),
  "slow-hit": async (opened) => await dawdle(await opened.hit()),
  "first-byte": async (opened) => await firstByte(await opened.hit()),
  "callers": async (opened) => {
    const all = await Promise.all(
      Array.from({ length: CALLERS }, async () => await drain(await opened.miss())),
    );
    return all.reduce((sum, read) => sum + read, 0);
  },
};

/** The kernel's own mark where there is one: `maxRSS` is inherited from whoever started the process. */
function peak(): number {
  try {
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    if (kib !== undefined) return Number(kib) * 1024;
  } catch {
    // No Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}

/** What a hit does that asks for the source. */
function computed(): never {
  throw new Error("Cannot call it a hit: it asked for the source");
}

const [, , name = "", id = "", size = "", directory = ""] = process.argv;
const [job, contestant] = [jobs[name], byId.get(id)];
if (job === undefined || contestant === undefined) throw new TypeError(`Cannot do "${name}" with "${id}"`);
// Made in any case: its blocks are a part of every process's memory.
const make = source(Number(size));
const hit = name === "hit" || name === "slow-hit" || name === "first-byte";
const opened = await contestant.open(directory, hit ? computed : make);
const started = performance.now();
const read = await job(opened);
const us = Math.round(((firstByteAt ?? performance.now()) - started) * 1000);
const outcome: Outcome = { us, peakBytes: peak(), read };
await opened.close();
console.log(JSON.stringify(outcome));
