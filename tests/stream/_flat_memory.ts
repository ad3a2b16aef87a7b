/**
 * One loop over a stream of many MiB, with a cache or without: `_flat_memory.ts LOOP MIB ROOT|none`. Prints the highest that
 * its memory stood, in MiB. The loops: `miss`, `hit` (what an earlier `miss` kept), `spool` (a reader that stands still until
 * all is written), `followers` (eight), `response`, `items`, `item-hit`.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { Cache, CborFile, fleche } from "../../mod.ts";

const [loop = "", mib = "0", root = "none"] = process.argv.slice(2);
const CHUNK = 64 * 1024;
const COUNT = Number(mib) * 16;

function source(): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at === COUNT) return controller.close();
      const chunk = new Uint8Array(CHUNK);
      new DataView(chunk.buffer).setUint32(0, at++);
      controller.enqueue(chunk);
    },
  }, { highWaterMark: 0 });
}

async function* items(): AsyncGenerator<{ at: number; bytes: Uint8Array }> {
  for (let at = 0; at < COUNT; at++) {
    // A turn now and then: a loop of microtasks alone leaves a collector no time.
    if (at % 16 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    yield { at, bytes: new Uint8Array(CHUNK) };
  }
}

let peak = 0;
let watched = 0;
function watch(): void {
  if (watched++ % 64 === 0) peak = Math.max(peak, process.memoryUsage.rss());
}

async function drain(stream: AsyncIterable<Uint8Array | { readonly bytes: Uint8Array }>): Promise<void> {
  let size = 0;
  for await (const piece of stream) {
    size += piece instanceof Uint8Array ? piece.length : piece.bytes.length;
    watch();
  }
  if (size !== COUNT * CHUNK) throw new Error(`${size} bytes of ${COUNT * CHUNK}`);
}

const keeps = root !== "none";
const cache = new Cache({
  values: new CborFile({ root: `${root}/values` }),
  calls: new CborFile({ root: `${root}/calls` }),
});
const options = keeps ? { cache } : { cache: "void" };
const spool = loop === "spool";
const bytes = fleche(source, { ...options, name: loop === "hit" ? "miss" : loop, stream: { spool } });
const sequence = fleche(items, { ...options, name: "items" });
const response = fleche(() => new Response(source()), { ...options, name: "response" });

if (loop === "hit" && keeps && !await bytes.contains()) throw new Error("nothing is kept");
if (loop === "item-hit" && keeps && !await sequence.contains()) throw new Error("nothing is kept");
switch (loop) {
  case "items":
  case "item-hit":
    await drain(await sequence());
    break;
  case "response":
    await drain((await response()).body ?? source());
    break;
  case "followers":
    await Promise.all((await Promise.all(Array.from({ length: 8 }, () => bytes()))).map(drain));
    break;
  case "spool": {
    const stream = await bytes();
    while (keeps && !await bytes.contains()) await new Promise((resolve) => setTimeout(resolve, 20));
    await drain(stream);
    break;
  }
  default:
    await drain(await bytes());
}
let highest = peak;
try {
  // Linux keeps it exactly.
  highest = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? 0) * 1024;
} catch {
  // As it was seen.
}
process.stdout.write(String(Math.round(highest / 1024 / 1024)));
