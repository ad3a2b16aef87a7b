/**
 * From a key to the stored bytes of its result, undecoded.
 *
 * @module
 */

import { type CallRecord, recordFromData } from "../call/record.ts";
import type { StoragePart } from "../events/types.ts";
import type { StoredBody } from "../storage/types.ts";
import { isTooLong } from "./_record_size.ts";
import type { Cache } from "./cache.ts";
import { assertSizeOf, codecOf, type Miss, missOf, unread } from "./lookup.ts";

/** A result as it is stored. */
export interface OpenedEntry {
  /** Tells it from a miss. */
  readonly hit: true;
  /** The record that names it. */
  readonly record: CallRecord;
  /** Its bytes, of which the first have been checked. */
  readonly body: StoredBody;
}

/** Finds the record of a call and the bytes of its result. What cannot be read is a miss with its reason. */
export async function openEntry(cache: Cache, key: string): Promise<OpenedEntry | Miss> {
  let part: StoragePart = "calls";
  let recordBytes: Uint8Array | undefined;
  try {
    const recordBody = await cache.calls.get(key);
    if (recordBody === undefined) return missOf(cache, { hit: false, reason: "absent", part, key });
    if (isTooLong(recordBody)) return { hit: false, reason: "damaged", part };
    const bytes = recordBytes = await recordBody.bytes();
    const record = recordFromData(await codecOf(cache.calls).decode(bytes));
    if (typeof record === "string") return { hit: false, reason: record, part };
    part = "values";
    const body = await cache.values.get(record.result);
    if (body === undefined) return missOf(cache, { hit: false, reason: "absent", part, key: record.result });
    assertSizeOf(body, record);
    return { hit: true, record, body };
  } catch (cause) {
    return { ...unread(cause, recordBytes), part };
  }
}
