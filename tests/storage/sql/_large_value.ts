/**
 * Writes and reads a value of many MiB, or makes the same bytes without a storage: `none|put|draft PATH MIB`. A draft is
 * followed while it grows. Prints how far memory rose meanwhile, and how long each part took.
 */
import { Sql } from "../../../src/storage/sql.ts";

const [kind, url = "", mib = "0"] = process.argv.slice(2);
const MIB = 1024 * 1024;
const CHUNK = 64 * 1024;
const TOTAL = Number(mib) * MIB;

function chunkAt(at: number): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(CHUNK);
  new DataView(chunk.buffer).setUint32(0, at);
  return chunk;
}

function source(): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= TOTAL) return controller.close();
      controller.enqueue(chunkAt(at));
      at += CHUNK;
      watch();
    },
  }, { highWaterMark: 0 });
}

let peak = 0;
function watch(): void {
  peak = Math.max(peak, process.memoryUsage.rss());
}

async function drained(stream: ReadableStream<Uint8Array>): Promise<number> {
  let size = 0;
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    watch();
  }
  return size;
}

async function draft(storage: Sql): Promise<void> {
  const draft = await storage.draft();
  let read = 0;
  for (let at = 0; at < TOTAL; at += CHUNK) {
    await draft.write(chunkAt(at));
    // A follower, a chunk behind.
    if (draft.size - read > 8 * CHUNK) read += (await draft.read(read)).length;
    watch();
  }
  draft.digest();
  await draft.finish("key");
}

const storage = new Sql({ url, role: "values" });
await storage.put("small", chunkAt(0));
const before = process.memoryUsage.rss();
let began = performance.now();
const elapsed = (): number => {
  const now = performance.now();
  const ms = Math.round(now - began);
  began = now;
  return ms;
};
if (kind === "none") await drained(source());
else if (kind === "put") await storage.put("key", source());
else await draft(storage);
const writeMs = elapsed();
const body = kind === "none" ? undefined : await storage.get("key");
const size = await drained(body?.stream() ?? source());
const readMs = elapsed();
process.stdout.write(JSON.stringify({ size, risenMib: Math.round((peak - before) / MIB), writeMs, readMs }));
await storage[Symbol.asyncDispose]();
