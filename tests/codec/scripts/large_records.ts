/**
 * Writes 200 MB of records through a codec's stream, or reads them of one, and prints how far memory rose over the value
 * itself: `large_records.ts pickle|cbor write|read FILE`. `write` leaves the bytes in the file for `read`.
 */
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { cborCodec } from "../../../src/codec/cbor/cbor_codec.ts";
import { pickleCodec } from "../../../src/codec/pickle/pickle_codec.ts";
import type { Codec } from "../../../src/codec/types.ts";
import { collectGarbage } from "../../_garbage.ts";

const CODECS: Readonly<Record<string, Codec>> = { pickle: pickleCodec, cbor: cborCodec };
const [name = "", mode = "", file = ""] = process.argv.slice(2);
const MIB = 1024 * 1024;
const CHUNK = 256 * 1024;
/** These take 200 MB in either format. */
const RECORDS = 800_000;

function record(i: number): unknown {
  // Parsed: a text that was put together takes more memory once somebody reads it, which is no affair of a codec.
  return JSON.parse(JSON.stringify({
    id: i,
    name: `record number ${i}`,
    email: `someone.${i}@example.org`,
    score: i / 7,
    active: i % 3 === 0,
    tags: [`tag ${i % 100}`, `tag ${i % 7}`],
    note: `${i} `.padEnd(150, "a note of some length "),
  }));
}

let peak = 0;
let watched = 0;
function watch(): void {
  if (watched++ % 8 === 0) peak = Math.max(peak, process.memoryUsage.rss());
}

async function settledMib(): Promise<number> {
  for (let turn = 0; turn < 3; turn++) await collectGarbage();
  return process.memoryUsage.rss() / MIB;
}

async function write(codec: Codec): Promise<{ size: number; risenMib: number; ms: number }> {
  const value = Array.from({ length: RECORDS }, (_, i) => record(i));
  const before = await settledMib();
  const out = openSync(file, "w");
  const began = performance.now();
  const written = await codec.encode(value);
  let size = 0;
  for await (const chunk of written instanceof Uint8Array ? [written] : written) {
    for (let at = 0; at < chunk.length;) at += writeSync(out, chunk, at);
    size += chunk.length;
    watch();
  }
  const ms = performance.now() - began;
  closeSync(out);
  watch();
  // The value is looked at once more, so that it is there until now.
  return { size: value.length === RECORDS ? size : 0, risenMib: peak / MIB - before, ms };
}

async function read(codec: Codec): Promise<{ size: number; risenMib: number; ms: number }> {
  const source = openSync(file, "r");
  let size = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const chunk = new Uint8Array(CHUNK);
      const length = readSync(source, chunk);
      size += length;
      watch();
      if (length === 0) controller.close();
      else controller.enqueue(chunk.subarray(0, length));
    },
  }, { highWaterMark: 0 });
  const began = performance.now();
  const value = await codec.decode(body);
  const ms = performance.now() - began;
  peak = Math.max(peak, process.memoryUsage.rss());
  closeSync(source);
  const after = await settledMib();
  const isWhole = Array.isArray(value) && value.length === RECORDS;
  return { size: isWhole ? size : 0, risenMib: peak / MIB - after, ms };
}

const codec = CODECS[name];
if (codec === undefined) throw new TypeError(`no codec "${name}"`);
const { size, risenMib, ms } = await (mode === "write" ? write(codec) : read(codec));
process.stdout.write(JSON.stringify({ size, risenMib: Math.round(risenMib), ms: Math.round(ms) }));
