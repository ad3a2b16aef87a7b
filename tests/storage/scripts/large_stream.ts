/**
 * Writes and reads a body of many MiB, or does the same loop without a storage: `large_stream.ts none|file|zstd|signed|encrypted ROOT`.
 * Prints how far memory rose meanwhile, and how long the first byte of a hit took.
 */
import { CborFile } from "../../../src/storage/cbor_file.ts";
import { CompressedStorage } from "../../../src/storage/compressed_storage.ts";
import { SealedStorage } from "../../../src/storage/sealed_storage.ts";

const [kind, root = ""] = process.argv.slice(2);
const MIB = 1024 * 1024;
const CHUNK = 64 * 1024;
const TOTAL = 256 * MIB;

function source(): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= TOTAL) return controller.close();
      const chunk = new Uint8Array(CHUNK);
      new DataView(chunk.buffer).setUint32(0, at);
      at += CHUNK;
      controller.enqueue(chunk);
    },
  }, { highWaterMark: 0 });
}

let peak = 0;
let watched = 0;
function watch(): void {
  if (watched++ % 64 === 0) peak = Math.max(peak, process.memoryUsage.rss());
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

const before = process.memoryUsage.rss();
let size = 0;
let firstByteMs = 0;
if (kind === "none") {
  await drained(source());
  size = await drained(source());
} else {
  const file = new CborFile({ root });
  const storage = kind === "file"
    ? file
    : kind === "zstd"
    ? new CompressedStorage({ compression: "zstd", inner: file })
    : new SealedStorage({ inner: file, keys: ["5eed".repeat(8)], encrypt: kind === "encrypted" });
  await storage.put(
    "key",
    source().pipeThrough(
      new TransformStream({
        transform(chunk, controller) {
          watch();
          controller.enqueue(chunk);
        },
      }),
    ),
  );
  const began = performance.now();
  const body = await storage.get("key");
  const reader = body?.stream().getReader();
  await reader?.read();
  firstByteMs = performance.now() - began;
  await reader?.cancel();
  size = body === undefined ? 0 : await drained(body.stream());
}
process.stdout.write(JSON.stringify({ size, risenMib: Math.round((peak - before) / MIB), firstByteMs }));
