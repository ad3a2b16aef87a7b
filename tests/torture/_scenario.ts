/**
 * What a tortured cache is used for: functions whose results anybody can foretell, called step by step, and the check that
 * all is well with what a scenario has left, wherever it was broken off.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type Cache, type CachedFunction, fleche } from "../../mod.ts";
import { random } from "../_random.ts";

/** Bytes of which half could be compressed. */
export function bytesOf(seed: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  const next = random(seed);
  for (let at = 0; at < length; at += 4096) {
    if (at % 8192 === 0) bytes.fill(seed + at / 4096, at, at + 4096);
    else for (let each = at; each < Math.min(at + 4096, length); each++) bytes[each] = next() * 256;
  }
  return bytes;
}

/** What is changed by the one who runs it, and is no argument: calls of `changing` give it. */
export interface Generation {
  now: number;
}

const STREAM_CHUNK = 300_000;
const STREAM_CHUNKS = 8;

const makers = {
  small: (n: number) => ({ n, text: `small ${n}`, list: [n, n + 1, null] }),
  large: (n: number) => bytesOf(n, 100_000),
  chunked: (n: number) => ({ n, bytes: bytesOf(n, 600_000) }),
  damaged: (n: number) => ({ n, text: "set aside ".repeat(10) }),
};

const streamOf = (n: number): Uint8Array => bytesOf(n, STREAM_CHUNK * STREAM_CHUNKS);

function byteStream(n: number): ReadableStream<Uint8Array> {
  const whole = streamOf(n);
  let at = 0;
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      if (at === whole.length) return controller.close();
      controller.enqueue(whole.slice(at, at += STREAM_CHUNK));
    },
  });
}

type Answer = Promise<unknown>;

/** The functions over a cache, each giving a promise of its whole result. */
export interface Functions {
  small(n: number): Answer;
  large(n: number): Answer;
  chunked(n: number): Answer;
  damaged(n: number): Answer;
  bytes(n: number): Answer;
  items(n: number): Answer;
  changing(n: number): Answer;
  rechanging(n: number): Answer;
  rechunked(n: number): Answer;
  /** The key of a call of `small`. */
  keyOfSmall(n: number): Promise<string>;
  /** The key of a call of `damaged`. */
  keyOfDamaged(n: number): Promise<string>;
  /** How often a function has run. */
  readonly runs: ReadonlyMap<string, number>;
}

/** How {@linkcode functionsOver} are made. */
export interface FunctionOptions {
  readonly generation?: Generation;
  readonly strict?: boolean;
  /** Stands before the functions' names: others then, of which no warning was given yet. */
  readonly prefix?: string;
}

/** Makes the functions. */
export function functionsOver(cache: Cache, options: FunctionOptions = {}): Functions {
  const { generation = { now: 0 }, strict = false, prefix = "" } = options;
  const runs = new Map<string, number>();
  const cached = <R>(name: string, make: (n: number) => R): CachedFunction<(n: number) => R> =>
    fleche((n: number) => {
      runs.set(name, (runs.get(name) ?? 0) + 1);
      return make(n);
    }, { name: prefix + name, module: "torture", cache, strict });
  const small = cached("small", makers.small);
  const chunked = cached("chunked", makers.chunked);
  const changing = cached("changing", (n) => ({ n, generation: generation.now }));
  const bytes = cached("bytes", byteStream);
  const items = cached("items", async function* (n) {
    for (let at = 0; at < 20; at++) yield await Promise.resolve({ n, at, text: "item ".repeat(at) });
  });
  const damaged = cached("damaged", makers.damaged);
  return {
    small,
    chunked,
    changing,
    damaged,
    large: cached("large", makers.large),
    bytes: async (n) => new Uint8Array(await new Response(await bytes(n) as BodyInit).arrayBuffer()),
    items: async (n) => await Array.fromAsync(await items(n) as AsyncIterable<unknown>),
    rechanging: (n) => changing.rerun(n),
    rechunked: (n) => chunked.rerun(n),
    keyOfSmall: (n) => small.digest(n),
    keyOfDamaged: (n) => damaged.digest(n),
    runs,
  };
}

const expected: Readonly<Record<string, (n: number) => unknown>> = {
  ...makers,
  rechunked: makers.chunked,
  bytes: streamOf,
  items: (n) => Array.from({ length: 20 }, (_, at) => ({ n, at, text: "item ".repeat(at) })),
};

/** The generations that the call of `changing` may give, and whether a result is right. */
export function isRight(
  name: keyof Functions,
  n: number,
  result: unknown,
  generations: readonly number[] = [0],
): boolean {
  if (name === "changing" || name === "rechanging") {
    const { generation } = result as { generation: number };
    return generations.includes(generation) && isSame(result, { n, generation });
  }
  return isSame(result, expected[name]?.(n));
}

function isSame(actual: unknown, wanted: unknown): boolean {
  if (wanted instanceof Uint8Array) {
    return actual instanceof Uint8Array && Buffer.compare(actual, wanted) === 0;
  }
  try {
    assert.deepEqual(actual, wanted);
    return true;
  } catch {
    return false;
  }
}

/** One step of a scenario. */
export interface Step {
  /**
   * The function that is called; `forget`: the record of a call of `small` is deleted; `collect`: values that no record names
   * are.
   */
  readonly call: Exclude<keyof Functions, "runs" | "keyOfSmall" | "keyOfDamaged"> | "forget" | "collect";
  readonly n: number;
}

/** The steps, in order. `damaged(1)` finds a damaged entry, where {@linkcode SETUP} was done and its value then damaged. */
export const STEPS: readonly Step[] = [
  { call: "small", n: 1 },
  { call: "small", n: 2 },
  { call: "large", n: 1 },
  { call: "damaged", n: 1 },
  { call: "changing", n: 1 },
  { call: "small", n: 1 },
  { call: "rechanging", n: 1 },
  { call: "forget", n: 2 },
  { call: "chunked", n: 1 },
  { call: "items", n: 1 },
  { call: "bytes", n: 1 },
  { call: "rechunked", n: 1 },
  { call: "bytes", n: 1 },
  { call: "collect", n: 0 },
];

/** What is done before, without faults. */
export const SETUP: Step = { call: "damaged", n: 1 };

/** Does one step; says whether its result was right. */
export async function takeStep(
  cache: Cache,
  functions: Functions,
  generation: Generation,
  { call, n }: Step,
): Promise<boolean> {
  if (call === "forget") {
    await cache.calls.delete(await functions.keyOfSmall(n));
    return true;
  }
  if (call === "collect") {
    const { removed } = await cache.gc({ graceMs: 0 });
    return removed > 0;
  }
  generation.now = call === "rechanging" ? 1 : 0;
  return isRight(call, n, await functions[call](n), [0, 1]);
}
