// deno-lint-ignore-file no-console -- a program prints.
/**
 * Streamed results in one of several processes: `_streams.ts TASK ROOT`.
 *
 * - `kinds` calls for every kind of result in several caches, and says how often the function ran and what was not the same;
 * - `whole` reads a long stream to its end, and says how often the function ran and whether the bytes were right;
 * - `wait`, `exit`, `end` read half of it, and then wait to be killed, exit at once, or have nothing more to do;
 * - `own` does all that there is to a stream, and says what came of it.
 */
import process from "node:process";
import { Cache, CborFile, fleche, Sql } from "../../mod.ts";
import { assertSame } from "../codec/_same.ts";

const [task, root = ""] = process.argv.slice(2);
const MIB = 1024 * 1024;
const CHUNKS = 24;

const files = (): Cache =>
  new Cache({
    values: new CborFile({ root: `${root}/values` }),
    calls: new CborFile({ root: `${root}/calls` }),
  });

let runs = 0;
const chunkOf = (at: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(MIB / 2).map((_, index) => index * 31 + at + (index >> 8));

/** 12 MiB, of which no more is made than is asked for. */
function long(): ReadableStream<Uint8Array<ArrayBuffer>> {
  runs++;
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at === CHUNKS) return controller.close();
      controller.enqueue(chunkOf(at++));
    },
  }, { highWaterMark: 0 });
}

async function isRight(stream: AsyncIterable<Uint8Array>): Promise<boolean> {
  const bytes = new Uint8Array(
    await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer(),
  );
  if (bytes.length !== CHUNKS * MIB / 2) return false;
  for (let at = 0; at < CHUNKS; at++) {
    const part = bytes.subarray(at * MIB / 2, (at + 1) * MIB / 2);
    const expected = chunkOf(at);
    if (!part.every((byte, index) => byte === expected[index])) return false;
  }
  return true;
}

const kinds: Record<string, readonly [make: () => unknown, read: (result: unknown) => Promise<unknown>]> = {
  bytes: [long, async (stream) => await isRight(stream as ReadableStream<Uint8Array>)],
  "no bytes": [
    () => new Blob([]).stream(),
    async (stream) => (await Array.fromAsync(stream as never)).length,
  ],
  "items": [
    () => ReadableStream.from([1, { at: new Date(5), map: new Map([[1, "é"]]) }, undefined, 2n ** 70n]),
    (stream) => Array.fromAsync(stream as AsyncIterable<unknown>),
  ],
  "generator": [
    async function* () {
      yield await Promise.resolve({ text: "x".repeat(3 * MIB) });
      yield new Float64Array([1, NaN, -0]);
    },
    async (generator) => [String(generator), await Array.fromAsync(generator as AsyncIterable<unknown>)],
  ],
  "iterator": [() => [1, 2].values(), (items) => Array.fromAsync(items as AsyncIterable<unknown>)],
  "response": [
    () =>
      new Response(new Blob(["täxt"]).stream(), {
        status: 418,
        headers: [["x-a", "b"], ["set-cookie", "c"]],
      }),
    async (result) => {
      const response = result as Response;
      return [response.status, [...response.headers].sort(), await response.text()];
    },
  ],
  "empty response": [() => new Response(null, { status: 204 }), async (result) => {
    const response = result as Response;
    return [response.status, response.body, await response.text()];
  }],
  "blob": [() => new Blob(["täxt"], { type: "a/b" }), async (blob) => [
    (blob as Blob).type,
    await (blob as Blob).text(),
  ]],
  "large blob": [() => new Blob([new Uint8Array(2 * MIB).fill(7)]), async (result) => {
    const blob = result as Blob;
    return [blob.size, new Set(await blob.bytes()), await blob.slice(-3).bytes()];
  }],
  "file": [() => new File(["x"], "é.txt", { type: "a/b", lastModified: 5 }), async (result) => {
    const file = result as File;
    return [file.name, file.type, file.lastModified, await file.text()];
  }],
};

/** What `read` must give: of the function itself. */
async function expectedOf([make, read]: (typeof kinds)[string]): Promise<unknown> {
  const result = make();
  const isSync = typeof result === "object" && result !== null && Symbol.iterator in result;
  return await read(isSync ? ReadableStream.from(result as Iterable<unknown>) : result);
}

async function callForKinds(): Promise<unknown> {
  const sql = (name: string) => new Sql({ url: `${root}/${name}.db` });
  const caches = { files: files(), sql: new Cache({ values: sql("values"), calls: sql("calls") }) };
  const wrong: string[] = [];
  const digests: string[] = [];
  let calls = 0;
  for (const [where, cache] of Object.entries(caches)) {
    const call = fleche((kind: string) => {
      calls++;
      return kinds[kind]?.[0]();
    }, { name: "kinds", strict: true, cache });
    for (const [kind, pair] of Object.entries(kinds)) {
      try {
        assertSame(await pair[1](await call(kind)), await expectedOf(pair));
        const stored = await call.fleche.open(kind);
        digests.push(`${where} ${kind} ${stored.digest} ${stored.size} ${stored.type}`);
      } catch (error) {
        wrong.push(`${where} ${kind}: ${error}`);
      }
    }
    await cache[Symbol.asyncDispose]();
  }
  return { runs: calls, wrong, digests };
}

async function doAll(): Promise<unknown> {
  const f = fleche((_: number) => long(), { name: "own", cache: files() });
  const leader = await f(1);
  const follower = await f(1);
  const miss = await Promise.all([isRight(leader), isRight(follower)]);
  const hit = await isRight(await f(1));
  const stored = await f.fleche.open(1);
  const part = (await Array.fromAsync(stored.stream({ start: 5 * MIB, end: 5 * MIB + 9 }))).length > 0;
  const { status } = stored.response(new Request("http://localhost/", { headers: { range: "bytes=1-2" } }));
  const half = (await f(2)).getReader();
  await half.read();
  await half.cancel();
  return { runs, miss, hit, part, status };
}

const stream = fleche(long, { name: "long", cache: files() });

switch (task) {
  case "kinds":
    console.log(JSON.stringify(await callForKinds()));
    break;
  case "whole":
    console.log(JSON.stringify({ right: await isRight(await stream()), runs }));
    break;
  case "own":
    console.log(JSON.stringify(await doAll()));
    break;
  default: {
    const reader = (await stream()).getReader();
    for (let at = 0; at < CHUNKS / 2; at++) await reader.read();
    process.stdout.write("half\n");
    if (task === "exit") process.exit(0);
    if (task === "wait") setInterval(() => {}, 1000);
  }
}
