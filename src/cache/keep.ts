/**
 * From a result to a value and its record, in that order.
 *
 * @module
 */

import { type Call, type CallRecord, recordIndex, recordToData } from "../call/record.ts";
import type { Codec } from "../codec/types.ts";
import { digestNow } from "../digest/digest_now.ts";
import { CodecError, DigestError } from "../errors.ts";
import { ofBoundedLength } from "./_record_size.ts";
import type { Cache } from "./cache.ts";
import { forgetFaults } from "./faults.ts";
import { codecOf } from "./lookup.ts";

/** What a record says beside the call and its result. */
export type Description = Pick<CallRecord, "inline" | "elapsed" | "metadata">;

/** A value that is kept. */
export interface Kept {
  /** Its digest. */
  readonly result: string;
  /** Its size in bytes, before any wrapper. */
  readonly size: number;
}

/**
 * Keeps a result: the value first, then, and only then, the record that names it.
 *
 * @param call The call that gave it.
 * @param value The result.
 * @param description What else the record says.
 * @returns What is kept now.
 * @throws {CodecError} (rejects) When the values' codec cannot write the result, or it changes while it is written.
 * @throws {DigestError} (rejects) When the result has no faithful digest.
 */
export async function keep(
  cache: Cache,
  call: Call,
  value: unknown,
  description: Description,
): Promise<Kept> {
  const codec = codecOf(cache.values);
  // Digested before and after: what a getter gives, or whoever else holds the value does to it meanwhile, must not come to
  // lie under the digest of another value.
  const result = await digestOrRefusal(value, codec);
  const body = await codec.encode(value);
  if (result instanceof DigestError) throw result;
  const assertUnchanged = async (): Promise<void> => {
    if (await digestNow(value, codec.standIn) === result) return;
    throw new CodecError("unencodable", "Cannot write $: it is not the same each time it is read", {
      path: "$",
    });
  };
  let size = 0;
  if (body instanceof Uint8Array) {
    size = body.length;
    await assertUnchanged();
    await cache.values.put(result, body);
  } else {
    // Written while it is read: what a stream gives becomes visible only once the value has proved to be the same.
    const checked = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        size += chunk.length;
        controller.enqueue(chunk);
      },
      flush: assertUnchanged,
    });
    await cache.values.put(result, body.pipeThrough(checked));
  }
  await putRecord(cache, call, { ...description, result, size, codec: codec.name });
  return { result, size };
}

/** Keeps the record of a call whose value is kept already. */
export async function putRecord(
  cache: Cache,
  call: Call,
  rest: Description & Pick<CallRecord, "result" | "size" | "codec" | "form">,
): Promise<void> {
  const { key, ...parts } = call;
  const record = { ...parts, ...rest, time: Date.now() / 1000 };
  const body = ofBoundedLength(await codecOf(cache.calls).encode(recordToData(record)));
  await cache.calls.put(key, body, { index: recordIndex(record) });
  forgetFaults(cache, key, record.result);
}

/** The codec is asked first: what it says of a value that it cannot write is about keeping it. */
async function digestOrRefusal(value: unknown, codec: Codec): Promise<string | DigestError> {
  try {
    return await digestNow(value, codec.standIn);
  } catch (error) {
    if (error instanceof DigestError) return error;
    throw error;
  }
}
