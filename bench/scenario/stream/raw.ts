/**
 * What the runtime itself does: a stream to a file and a file to a stream, in the quickest way that its own calls have
 * for it, with and without SHA-256, and through its own gzip. No caches: nothing is looked up, and half a file is seen.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Bytes, OpenedStream, StreamContestant } from "./contract.ts";
import { nothing } from "./nothing.ts";
import type { Source } from "./source.ts";

// `as` here: the runtimes' globals are not typed in each other's.

interface BunFiles {
  file(path: string): {
    stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
    writer(): { write(chunk: Uint8Array): number | Promise<number>; end(): number | Promise<number> };
  };
}

const { Bun: bun } = globalThis as unknown as { Bun?: BunFiles };

type Each = (chunk: Uint8Array) => void;

/** Chunk by chunk; under Deno this is quicker than a stream that looks at its chunks on their way. */
async function write(path: string, stream: ReadableStream<Uint8Array>, each?: Each): Promise<void> {
  if (bun !== undefined) {
    const writer = bun.file(path).writer();
    for await (const chunk of stream) {
      each?.(chunk);
      await writer.write(chunk);
    }
    await writer.end();
    return;
  }
  using file = await Deno.open(path, { create: true, write: true, truncate: true });
  for await (const chunk of stream) {
    each?.(chunk);
    for (let written = 0; written < chunk.length;) written += await file.write(chunk.subarray(written));
  }
}

/** As everybody would write it: one call in Deno. */
async function pipe(path: string, stream: ReadableStream<Uint8Array>): Promise<void> {
  if (bun !== undefined) return await write(path, stream);
  const file = await Deno.open(path, { create: true, write: true, truncate: true });
  await stream.pipeTo(file.writable);
}

async function read(path: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  return bun === undefined ? (await Deno.open(path)).readable : bun.file(path).stream();
}

async function* hashed(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  for await (const chunk of stream) {
    hash.update(chunk);
    yield chunk;
  }
  hash.digest();
}

interface Way {
  readonly id: string;
  readonly label: string;
  readonly note: string;
  put(path: string, stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void>;
  get(path: string): Promise<Bytes>;
}

function floor({ id, label, note, put, get }: Way): StreamContestant {
  return {
    id,
    label,
    note,
    open: (directory: string, source: Source): Promise<OpenedStream> => {
      const path = join(directory, "download");
      return Promise.resolve({
        async miss() {
          await put(path, source());
          return nothing();
        },
        hit: () => get(path),
        close: () => Promise.resolve(),
      });
    },
  };
}

/** A file, written and read by the runtime's own streams. */
export const rawFile: StreamContestant = floor({
  id: "raw",
  label: "raw file",
  note: "Deno: pipeTo(FsFile.writable), FsFile.readable; Bun: file().writer(), file().stream()",
  put: pipe,
  get: read,
});

/** The same with SHA-256 over the chunks: the least that can be kept with a checksum. */
export const rawSha256: StreamContestant = floor({
  id: "raw-sha256",
  label: "raw file + SHA-256",
  note:
    "the same with node:crypto's SHA-256 over each chunk; in Deno written by FsFile.write, which is quicker here",
  async put(path, stream) {
    const hash = createHash("sha256");
    await write(path, stream, (chunk) => hash.update(chunk));
    hash.digest();
  },
  get: async (path) => hashed(await read(path)),
});

/** The runtime's gzip, to a file and back. */
export const rawGzip: StreamContestant = floor({
  id: "raw-gzip",
  label: "bare CompressionStream to a file",
  note: "no checksum but gzip's own",
  put: (path, stream) => pipe(path, stream.pipeThrough(new CompressionStream("gzip"))),
  get: async (path) => (await read(path)).pipeThrough(new DecompressionStream("gzip")),
});

/** The source and its reader, and nothing between them: what the figures of all others contain. */
export const noCache: StreamContestant = {
  id: "none",
  label: "no cache",
  note: "the source, read to its end",
  only: "miss",
  open: (_directory: string, source: Source): Promise<OpenedStream> =>
    Promise.resolve({
      miss: () => Promise.resolve(source()),
      hit: () => Promise.reject(new Error("Cannot give what is nowhere kept")),
      close: () => Promise.resolve(),
    }),
};
