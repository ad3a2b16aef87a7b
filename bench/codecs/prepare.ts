/** Makes the jobs of a codec that lives in this process, once its round trips are right. @module */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { CodecInput, Jobs } from "./contract.ts";

/** A codec in this process: `Body` is what it decodes, `Written` what it gives when it encodes. */
export interface Steps<Written, Body> {
  encode(value: unknown): Written | Promise<Written>;
  /** What was written in the form that is decoded; untimed. */
  body(written: Written): Body;
  sizeBytes(body: Body): number;
  decode(body: Body): unknown;
  decodeStream?(body: Body): Promise<unknown>;
}

/** The steps of a codec whose bytes are there at once. */
export function plain(
  encode: (value: unknown) => Uint8Array,
  decode: (bytes: Uint8Array) => unknown,
): Steps<Uint8Array, Uint8Array> {
  return { encode, body: (bytes) => bytes, sizeBytes: ({ byteLength }) => byteLength, decode };
}

/** Compares what was decoded with the value: floats by their bytes, since comparing one by one takes a minute. */
function assertSame(decoded: unknown, value: unknown, what: string): void {
  if (!(value instanceof Float64Array)) return assert.deepEqual(decoded, value, what);
  assert.ok(decoded instanceof Float64Array, `${what} is no Float64Array`);
  const [own, wanted] = [decoded, value].map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength)
  );
  assert.ok(own !== undefined && wanted !== undefined && own.equals(wanted), `${what} has other numbers`);
}

function inTurn<T>(items: readonly T[]): (i: number) => T {
  return (i) => {
    const item = items[i % items.length];
    if (item === undefined) throw new RangeError("Cannot take turns with nothing");
    return item;
  };
}

/**
 * Encodes and decodes each value of an input once, compares, and gives the jobs.
 *
 * @throws {AssertionError} when what is decoded is not the value.
 */
export async function prepare<Written, Body>(
  input: CodecInput,
  steps: Steps<Written, Body>,
): Promise<Jobs> {
  const bodies: Body[] = [];
  for (const value of input.values) {
    const body = steps.body(await steps.encode(value));
    assertSame(await steps.decode(body), value, "What was decoded");
    bodies.push(body);
  }
  const [value, body] = [inTurn(input.values), inTurn(bodies)];
  const total = bodies.reduce((sum, body) => sum + steps.sizeBytes(body), 0);
  const decodeStream = input.large ? steps.decodeStream : undefined;
  if (decodeStream !== undefined) {
    assertSame(await decodeStream(body(0)), value(0), "What was decoded from a stream");
  }
  // Asked only now: a codec may load its code with the first value, and answer at once from then on.
  const syncEncode = !(steps.encode(value(0)) instanceof Promise);
  const syncDecode = !(steps.decode(body(0)) instanceof Promise);
  return {
    sizeBytes: Math.round(total / bodies.length),
    encode: { sync: syncEncode, call: (i) => steps.encode(value(i)) },
    decode: { sync: syncDecode, call: (i) => steps.decode(body(i)) },
    ...(decodeStream === undefined ? {} : { decodeStream: { call: (i) => decodeStream(body(i)) } }),
  };
}
