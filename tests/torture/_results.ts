/** Functions whose results are of every kind, each made of its number alone, so that any result can be judged. */
import { Buffer } from "node:buffer";
import { isDeepStrictEqual } from "node:util";
import { IntegrityError } from "../../src/errors.ts";

/** Bytes that are no pattern, the same for a seed. */
export function bytesOf(seed: number, size: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let at = 0; at < words.length; at++) {
    words[at] = state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  }
  return new Uint8Array(words.buffer, 0, size);
}

/** A kind of result. */
export interface Kind {
  readonly name: string;
  /** The result of a number. */
  make(n: number): unknown;
  /**
   * What is wrong with a result that was given for a number.
   *
   * @returns `undefined` where nothing is; `"damaged"` where it is a beginning of the right one, and an `IntegrityError`
   * said that the rest is damaged.
   */
  judge(result: unknown, n: number): Promise<string | undefined>;
}

function plain(name: string, make: (n: number) => unknown): Kind {
  return {
    name,
    make,
    judge: (result, n) =>
      Promise.resolve(isDeepStrictEqual(result, make(n)) ? undefined : `another result for ${n}`),
  };
}

/** Judges what comes of a stream of bytes. */
async function judgeBytes(stream: unknown, expected: Uint8Array): Promise<string | undefined> {
  if (!(stream instanceof ReadableStream)) return "no stream";
  let at = 0;
  try {
    for await (const chunk of stream as ReadableStream<Uint8Array>) {
      if (Buffer.compare(chunk, expected.subarray(at, at + chunk.length)) !== 0) {
        return `wrong bytes at ${at}`;
      }
      at += chunk.length;
    }
  } catch (error) {
    return error instanceof IntegrityError ? "damaged" : `an error: ${error}`;
  }
  return at === expected.length ? undefined : `${at} bytes in place of ${expected.length}`;
}

/** A source of such bytes, in chunks. */
function source(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, at += 65_536));
    },
  });
}

const LARGE = 700_000;
const items = (n: number) => Array.from({ length: 3000 }, (_, at) => ({ n, at, text: `item ${at} of ${n}` }));

/** Small results, whose entries are read at once. */
export const smallKinds: readonly Kind[] = [
  plain(
    "small",
    (n) => ({ n, text: `result ${n}`, at: new Date(n), list: [n, -0, null], bytes: bytesOf(n, 100) }),
  ),
  plain("nothing", () => undefined),
];

/** What is kept as a small Blob or stream. */
export const kinds: readonly Kind[] = [
  ...smallKinds,
  plain("large", (n) => ({ n, rows: new Float64Array(LARGE / 8).fill(n + 0.5) })),
  {
    name: "stream",
    make: (n) => source(bytesOf(n, LARGE)),
    judge: (result, n) => judgeBytes(result, bytesOf(n, LARGE)),
  },
  {
    name: "small stream",
    make: (n) => source(bytesOf(n, 300)),
    judge: (result, n) => judgeBytes(result, bytesOf(n, 300)),
  },
  {
    name: "response",
    make: (n) => new Response(source(bytesOf(n, LARGE)), { status: 201, headers: { "x-n": String(n) } }),
    judge: async (result, n) => {
      if (!(result instanceof Response)) return "no response";
      if (result.status !== 201 || result.headers.get("x-n") !== String(n)) return "another response";
      return await judgeBytes(result.body, bytesOf(n, LARGE));
    },
  },
  {
    name: "blob",
    make: (n) => new Blob([bytesOf(n, LARGE)], { type: `test/n${n}` }),
    judge: async (result, n) => {
      if (!(result instanceof Blob) || result.type !== `test/n${n}`) return "no such Blob";
      return await judgeBytes(result.stream(), bytesOf(n, LARGE));
    },
  },
  {
    name: "items",
    make: async function* (n) {
      yield* items(n);
    },
    judge: async (result, n) => {
      const expected = items(n);
      let at = 0;
      try {
        for await (const item of result as AsyncIterable<unknown>) {
          if (!isDeepStrictEqual(item, expected[at])) return `another item at ${at}`;
          at++;
        }
      } catch (error) {
        return error instanceof IntegrityError ? "damaged" : `an error: ${error}`;
      }
      return at === expected.length ? undefined : `${at} items in place of ${expected.length}`;
    },
  },
];
