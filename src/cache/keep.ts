/**
 * From a result to a value and its record, in that order.
 *
 * @module
 */

import { type Call, type CallRecord, recordIndex, recordToData } from "../call/record.ts";
import type { Encoded } from "../codec/types.ts";
import { digestNow } from "../digest/digest_now.ts";
import type { Cache } from "./cache.ts";
import { codecOf } from "./lookup.ts";

/**
 * Keeps a result: the value first, then, and only then, the record that names it.
 *
 * @param call The call that gave it.
 * @param value The result.
 * @param extra What else the record says.
 * @throws {CodecError} (rejects) When the values' codec cannot write the result.
 * @throws {DigestError} (rejects) When the result has no faithful digest.
 */
export async function keep(
  cache: Cache,
  call: Call,
  value: unknown,
  extra: Pick<CallRecord, "inline" | "metadata">,
): Promise<void> {
  const codec = codecOf(cache.values);
  // Begun together: whoever else holds the value may change it at the next await.
  const [body, result] = await Promise.all([codec.encode(value), digestNow(value)]);
  await cache.values.put(result, body);

  const { key, ...parts } = call;
  const record = {
    ...parts,
    ...extra,
    result,
    size: sizeOf(body),
    codec: codec.name,
    time: Date.now() / 1000,
  };
  await cache.calls.put(key, await codecOf(cache.calls).encode(recordToData(record)), {
    index: recordIndex(record),
  });
}

function sizeOf(body: Encoded): number | undefined {
  return body instanceof Uint8Array ? body.length : undefined;
}
