/**
 * Putting bodies: small ones at once, others through a draft.
 *
 * @module
 */

import { eachChunk } from "../_source.ts";
import type { CallIndex, Draft, PutOptions } from "../types.ts";
import { bodyChecksum } from "./_checksum.ts";
import type { Database } from "./_database.ts";
import { CHUNK_BYTES, type EntryTable } from "./_schema.ts";
import { putEntry } from "./_statements.ts";

/** Puts a body that stands in its row: one transaction, one round trip. */
export async function putInline(
  database: Database,
  table: EntryTable,
  { key, body, index }: {
    readonly key: string;
    readonly body: Uint8Array;
    readonly index: CallIndex | undefined;
  },
): Promise<void> {
  const entry = { key, body, size: body.length, checksum: bodyChecksum(key, body) };
  await database.write(putEntry(table, entry, index), { mends: true });
}

/** Puts a body of unknown size. The entry becomes visible, in place of an earlier one, when the draft is finished. */
export async function putThroughDraft(
  draft: Draft,
  { key, body, ...options }: PutOptions & {
    readonly key: string;
    readonly body: ReadableStream<Uint8Array> | Uint8Array;
  },
): Promise<void> {
  const { signal } = options;
  // In parts: a draft copies what it cannot take at once.
  const writeParts = async (chunk: Uint8Array): Promise<void> => {
    for (let at = 0; at < chunk.length; at += CHUNK_BYTES) {
      await draft.write(chunk.subarray(at, at + CHUNK_BYTES));
      signal?.throwIfAborted();
    }
  };
  try {
    await eachChunk(
      body,
      signal,
      (chunk) => chunk.length <= CHUNK_BYTES ? draft.write(chunk) : writeParts(chunk),
    );
  } catch (error) {
    await draft.abandon();
    throw error;
  }
  await draft.finish(key, options);
}
