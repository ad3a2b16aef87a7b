/**
 * From a result to a value and its record, in that order.
 *
 * @module
 */

import { type Call, type CallRecord, recordIndex, recordToData } from "../call/record.ts";
import type { Encoded } from "../codec/types.ts";
import { digestNow } from "../digest/digest_now.ts";
import { CodecError, DigestError } from "../errors.ts";
import type { Cache } from "./cache.ts";
import { codecOf } from "./lookup.ts";

/**
 * Keeps a result: the value first, then, and only then, the record that names it.
 *
 * @param call The call that gave it.
 * @param value The result.
 * @param extra What else the record says.
 * @throws {CodecError} (rejects) When the values' codec cannot write the result, or it changes while it is written.
 * @throws {DigestError} (rejects) When the result has no faithful digest.
 */
export async function keep(
  cache: Cache,
  call: Call,
  value: unknown,
  extra: Pick<CallRecord, "inline" | "metadata">,
): Promise<void> {
  const codec = codecOf(cache.values);
  // Digested before and after: what a getter gives, or whoever else holds the value does to it meanwhile, must not come to
  // lie under the digest of another value.
  const result = await digestOrRefusal(value);
  const body = await codec.encode(value);
  if (result instanceof DigestError) throw result;
  const { guarded, size } = await guard(body, async () => {
    if (await digestNow(value) === result) return;
    throw new CodecError("unencodable", "Cannot write $: it is not the same each time it is read", {
      path: "$",
    });
  });
  await cache.values.put(result, guarded);

  const { key, ...parts } = call;
  const record = {
    ...parts,
    ...extra,
    result,
    size: size(),
    codec: codec.name,
    time: Date.now() / 1000,
  };
  await cache.calls.put(key, await codecOf(cache.calls).encode(recordToData(record)), {
    index: recordIndex(record),
  });
}

/**
 * Checks bytes at once, and a stream, which is written while others may hold the value, before its end is passed on: a storage
 * then keeps nothing of it.
 *
 * @returns The body to put, and how many bytes it was once it is put.
 */
async function guard(
  body: Encoded,
  check: () => Promise<void>,
): Promise<{ readonly guarded: Encoded; size(): number }> {
  if (body instanceof Uint8Array) {
    await check();
    return { guarded: body, size: () => body.length };
  }
  let size = 0;
  const guarded = body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        size += chunk.length;
        controller.enqueue(chunk);
      },
      flush: check,
    }),
  );
  return { guarded, size: () => size };
}

/** The codec is asked first: what it says of a value that it cannot write is about keeping it. */
async function digestOrRefusal(value: unknown): Promise<string | DigestError> {
  try {
    return await digestNow(value);
  } catch (error) {
    if (error instanceof DigestError) return error;
    throw error;
  }
}
