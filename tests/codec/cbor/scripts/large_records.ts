/**
 * Writes an array of records of 200 MB to nowhere, or reads it from a stream, or makes what is read in another way:
 * `large_records.ts encode|decode|hold`. Prints its size and how far memory rose.
 */
import { cborCodec } from "../../../../src/codec/cbor/cbor_codec.ts";

const [kind] = process.argv.slice(2);
const MIB = 1024 * 1024;
const RECORDS = 640_000;

const PAYLOAD = "some text that makes a record of some three hundred bytes, as records are. ".repeat(3);

function record(i: number): unknown {
  return {
    id: i,
    name: `record ${i}`,
    score: i / 7,
    isActive: i % 2 === 0,
    text: PAYLOAD,
    tags: [i % 9, "tag"],
  };
}

/** The same array, a thousand records at a time: nothing of its size is held. */
function source(): ReadableStream<Uint8Array> {
  const head = new Uint8Array([0x9a, 0, 0, 0, 0]);
  new DataView(head.buffer).setUint32(1, RECORDS);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at === 0) controller.enqueue(head);
      if (at >= RECORDS) return controller.close();
      const bytes = cborCodec.encode(Array.from({ length: 1000 }, (_, i) => record(at + i)));
      // Without the head of the thousand.
      if (bytes instanceof Uint8Array) controller.enqueue(bytes.subarray(3));
      at += 1000;
    },
  }, { highWaterMark: 0 });
}

/** Where the runtime lets one ask for it. */
function collect(): void {
  const { gc, Bun } = globalThis as { gc?: () => void; Bun?: { gc(force: boolean): void } };
  gc?.();
  Bun?.gc(true);
}

let peak = 0;
let seen = 0;
function watch(): void {
  if (seen++ % 16 === 0) peak = Math.max(peak, process.memoryUsage.rss());
}

async function drained(stream: ReadableStream<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    watch();
  }
  return size;
}

let size = 0;
let searchedMib = 0;
let before = process.memoryUsage.rss();
let value: unknown;
if (kind === "encode") {
  value = Array.from({ length: RECORDS }, (_, i) => record(i));
  collect();
  before = process.memoryUsage.rss();
  const stream = await cborCodec.encode(value);
  // What the search for repeated objects took: a set of all objects, which is let go of again.
  searchedMib = Math.round((process.memoryUsage.rss() - before) / MIB);
  if (stream instanceof ReadableStream) size = await drained(stream);
} else if (kind === "decode") {
  const watched = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.length;
      watch();
      controller.enqueue(chunk);
    },
  });
  value = await cborCodec.decode(source().pipeThrough(watched));
} else {
  const rows: unknown[] = [];
  for await (const chunk of source()) {
    size += chunk.length;
    watch();
    if (chunk.length <= 5) continue;
    const thousand = new Uint8Array(chunk.length + 3);
    thousand.set([0x99, 1000 >> 8, 1000 & 0xff]);
    thousand.set(chunk, 3);
    for (const row of await cborCodec.decode(thousand) as unknown[]) rows.push(row);
  }
  value = rows;
}
peak = Math.max(peak, process.memoryUsage.rss());
if (!Array.isArray(value) || value.length !== RECORDS) throw new Error("it is not there");
process.stdout.write(JSON.stringify({ size, risenMib: Math.round((peak - before) / MIB), searchedMib }));
