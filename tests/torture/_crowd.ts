/**
 * What a crowd works on: one cache in several combinations of storages, and functions whose every result says by itself
 * whether it is whole, and of which call and which execution it is.
 */
import { Buffer } from "node:buffer";
import {
  Cache,
  type CachedFunction,
  CborFile,
  CompressedStorage,
  fleche,
  PickleFile,
  Sql,
} from "../../mod.ts";
import { bytesOf } from "./_results.ts";

/** Caches by name, all processes open the same. */
const COMBINATIONS: Readonly<Record<string, (root: string) => Cache>> = {
  "CborFile and CborFile": (root) =>
    new Cache({
      values: new CborFile({ root: `${root}/values` }),
      calls: new CborFile({ root: `${root}/calls` }),
    }),
  "Sql and Sql": (root) =>
    new Cache({
      values: new Sql({ url: `${root}/one.db`, role: "values" }),
      calls: new Sql({ url: `${root}/one.db` }),
    }),
  "CompressedStorage and CborFile": (root) =>
    new Cache({
      values: new CompressedStorage({ compression: "gzip", inner: new CborFile({ root: `${root}/values` }) }),
      calls: new CborFile({ root: `${root}/calls` }),
    }),
  "PickleFile and Sql": (root) =>
    new Cache({
      values: new PickleFile({ root: `${root}/values` }),
      calls: new Sql({ url: `${root}/calls.db` }),
    }),
};

/** The names of the combinations. */
export const combinations: readonly string[] = Object.keys(COMBINATIONS);

/** Opens a combination. */
export function openCrowdCache(combination: string, root: string): Cache {
  const open = COMBINATIONS[combination];
  if (open === undefined) throw new TypeError(`Cannot open "${combination}": there is no such combination`);
  return open(root);
}

/** How many different arguments there are for each function: few, so that processes meet. */
export const KEYS = 7;

const LARGEST_STREAM = 2 * 1024 * 1024;
const HEAD_BYTES = 8;

/** Of the execution of a call: whoever knows both can say what its result must be. */
function seedOf(k: number, generation: number): number {
  return (Math.imul(k + 1, 0x9e3779b1) ^ generation) >>> 0;
}

/** Another one for every execution, in whatever process. */
function newGeneration(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}

interface Row {
  readonly k: number;
  readonly generation: number;
  readonly bytes: Uint8Array;
}

function row(k: number, size: number): Row {
  const generation = newGeneration();
  return { k, generation, bytes: bytesOf(seedOf(k, generation), size) };
}

function streamBytes(k: number, generation: number): Uint8Array<ArrayBuffer> {
  const seed = seedOf(k, generation);
  // From nothing but the head on, few of them long.
  const bytes = bytesOf(seed, HEAD_BYTES + Math.floor(LARGEST_STREAM * ((seed % 1000) / 1000) ** 4));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(0, k);
  view.setUint32(4, generation);
  return bytes;
}

function stream(k: number): ReadableStream<Uint8Array> {
  const bytes = streamBytes(k, newGeneration());
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      // The first key's stream is empty: the shortest body that there is.
      if (k === 0 || at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, at += 65_536));
    },
  });
}

/** What is wrong with a result of the call of `k`; `undefined` where nothing is. */
export type Judge = (result: unknown, k: number) => Promise<string | undefined> | string | undefined;

function judgeRow(size: number): Judge {
  return (result, k) => {
    const { k: named, generation, bytes } = result as Row;
    if (named !== k) return `the result of ${named} for ${k}`;
    if (!(bytes instanceof Uint8Array)) return "no bytes";
    return Buffer.compare(bytes, bytesOf(seedOf(k, generation), size)) === 0 ? undefined : "wrong bytes";
  };
}

async function judgeStream(result: unknown, k: number): Promise<string | undefined> {
  const bytes = new Uint8Array(
    await new Response(result as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer(),
  );
  if (k === 0) return bytes.length === 0 ? undefined : `${bytes.length} bytes in place of none`;
  if (bytes.length < HEAD_BYTES) return `${bytes.length} bytes`;
  const view = new DataView(bytes.buffer);
  if (view.getUint32(0) !== k) return `the result of ${view.getUint32(0)} for ${k}`;
  return Buffer.compare(bytes, streamBytes(k, view.getUint32(4))) === 0 ? undefined : "wrong bytes";
}

/** A function of the crowd. */
export interface CrowdFunction {
  readonly name: string;
  readonly call: CachedFunction<(k: number) => unknown>;
  readonly judge: Judge;
}

/** The functions, over a cache; `onRun` is told of each execution. Under `strict`: whatever the cache cannot do is an error. */
export function crowdFunctions(cache: Cache, onRun: () => void = () => {}): CrowdFunction[] {
  const make = (name: string, body: (k: number) => unknown, judge: Judge): CrowdFunction => ({
    name,
    judge,
    call: fleche((k: number) => {
      onRun();
      return body(k);
    }, { name, module: "crowd", cache, strict: true }),
  });
  return [
    make("small", (k) => row(k, 100), judgeRow(100)),
    make("large", (k) => row(k, 400_000), judgeRow(400_000)),
    make("stream", stream, judgeStream),
  ];
}
