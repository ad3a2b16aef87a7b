/**
 * Contestants in turns in one process: each opens an empty directory, keeps the stream, gives its first bytes a few times
 * and then all of them, and removes everything. Arguments: file for the figures, content, bytes, rounds, directory.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { type Figure, type Group, quantile } from "../../harness/figures.ts";
import { collectGarbage } from "../../harness/measure.ts";
import { random, shuffled } from "../../harness/random.ts";
import { handOver } from "../../harness/report.ts";
import { contestants } from "./contestants.ts";
import type { Bytes, OpenedStream, StreamContestant } from "./contract.ts";
import { type Content, type Source, source } from "./source.ts";

/** Size of the stream that everybody handles once before anything is timed: warms up, and is compared. */
const TRIAL_BYTES = 32 * 2 ** 20;
/** How often the first bytes are asked for in a round. */
const FIRSTS = 7;

const measures = ["put", "hit", "first-byte"] as const;
type Times = Record<typeof measures[number], number[]>;

interface Runner {
  readonly contestant: StreamContestant;
  readonly times: Times;
}

/** Something that is kept in a new directory, and its source, which may be asked for it once. */
async function inDirectory(
  { id, open }: StreamContestant,
  sizeBytes: number,
  body: (opened: OpenedStream) => Promise<void>,
): Promise<void> {
  const directory = join(root, id);
  mkdirSync(directory);
  const make = makers.get(sizeBytes);
  assert(make !== undefined);
  let asked = 0;
  const once: Source = () => {
    if (asked++ > 0) throw new Error("Cannot call it a hit: it asked for the source");
    return make();
  };
  try {
    const opened = await open(directory, once);
    await body(opened);
    await opened.close();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function drain(bytes: Bytes, each?: (chunk: Uint8Array) => void): Promise<number> {
  let read = 0;
  for await (const chunk of bytes) {
    read += chunk.length;
    each?.(chunk);
  }
  return read;
}

async function digest(bytes: Bytes): Promise<string> {
  const hash = createHash("sha256");
  await drain(bytes, (chunk) => hash.update(chunk));
  return hash.digest("hex");
}

/** Keeps and finds a short stream, and compares. */
async function trial(contestant: StreamContestant, expected: string): Promise<void> {
  await inDirectory(contestant, TRIAL_BYTES, async ({ miss, hit }) => {
    await drain(await miss());
    if (contestant.only === "miss") return;
    for (let i = 0; i < 3; i++) {
      assert.equal(await digest(await hit()), expected, "other bytes than were put");
    }
  });
}

async function clock(job: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await job();
  return (performance.now() - started) * 1000;
}

async function firstBytes(hit: () => Promise<Bytes>): Promise<number> {
  const started = performance.now();
  for await (const _ of await hit()) return (performance.now() - started) * 1000;
  throw new Error("Cannot find a first byte");
}

async function round({ contestant, times }: Runner): Promise<void> {
  await inDirectory(contestant, sizeBytes, async ({ miss, hit }) => {
    collectGarbage();
    times.put.push(await clock(async () => await drain(await miss())));
    if (contestant.only === "miss") return;
    const firsts: number[] = [];
    for (let i = 0; i < FIRSTS; i++) firsts.push(await firstBytes(hit));
    times["first-byte"].push(quantile(firsts, 0.5));
    collectGarbage();
    let read = 0;
    times.hit.push(await clock(async () => read = await drain(await hit())));
    assert.equal(read, sizeBytes, contestant.id);
  });
}

function figures(runners: readonly Runner[], measure: typeof measures[number]): Figure[] {
  return runners.flatMap(({ contestant: { id, label, note }, times }) => {
    const own = times[measure];
    if (own.length === 0) return [];
    const roundsUs = own.map((us) => Number(us.toPrecision(4)));
    return [{ id, label, note, medianUs: quantile(own, 0.5), minUs: Math.min(...own), roundsUs }];
  });
}

const [, , , content = "noise", size = "", rounds = "", root = ""] = process.argv;
const kind = content as Content;
const sizeBytes = Number(size);
const makers = new Map([TRIAL_BYTES, sizeBytes].map((bytes) => [bytes, source(bytes, kind)]));
const runtime = "Bun" in globalThis ? "bun" : "deno";
const expected = await digest(source(TRIAL_BYTES, kind)());

const runners: Runner[] = [];
const absent: Group["absent"][number][] = [];
for (const contestant of contestants[kind]) {
  if (contestant.runtime !== undefined && contestant.runtime !== runtime) continue;
  try {
    await trial(contestant, expected);
    runners.push({ contestant, times: { put: [], hit: [], "first-byte": [] } });
  } catch (error) {
    const [line = ""] = String(error instanceof Error ? error.message : error).split("\n");
    absent.push({ id: contestant.id, label: contestant.label, reason: line.replaceAll(root, "…") });
  }
}
const next = random(3);
for (let i = 0; i < Number(rounds); i++) {
  for (const runner of shuffled(runners, next)) await round(runner);
}
handOver(measures.map((measure): Group => ({
  id: measure,
  title: measure,
  reference: kind === "text" ? "raw-gzip" : measure === "first-byte" ? "cacache" : "raw-sha256",
  ...(measure === "first-byte" ? {} : { inputBytes: sizeBytes }),
  figures: figures(runners, measure),
  absent,
})));
