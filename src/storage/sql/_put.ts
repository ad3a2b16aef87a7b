/**
 * Writing entries: small ones at once, large ones chunk by chunk to a staged body that no entry names before it is whole.
 *
 * @module
 */

import type { Client } from "@libsql/client";
import type { CallIndex, PutOptions } from "../types.ts";
import { eachBlock } from "./_blocks.ts";
import { bodyChecksum, chunkChecksum, chunkedChecksum } from "./_checksum.ts";
import { CHUNK_BYTES } from "./_schema.ts";
import { GIVE_UP_BODY, INSERT_BODY, insertChunk, putEntry } from "./_statements.ts";
import { sweep } from "./_sweep.ts";

/** Puts a body that stands in its row: one transaction, one round trip. */
export async function putInline(
  client: Client,
  key: string,
  body: Uint8Array,
  index: CallIndex | undefined,
): Promise<void> {
  const checksum = bodyChecksum(key, body);
  await client.batch(putEntry(key, { body, size: body.length, checksum }, index), "write");
}

/**
 * Puts a body of unknown size. No transaction is open while its source is waited for, so that a slow one keeps no other
 * writer waiting; the entry becomes visible, in place of an earlier one, in the last transaction.
 */
export async function putChunked(
  client: Client,
  key: string,
  body: ReadableStream<Uint8Array> | Uint8Array,
  { signal, index }: PutOptions,
): Promise<void> {
  let chunked: number | undefined;
  let count = 0;
  let size = 0;
  try {
    let small: Uint8Array | undefined;
    await eachBlock(body, { blockBytes: CHUNK_BYTES, signal }, async (block) => {
      if (chunked === undefined) {
        // What ends within its first block is small after all.
        if (block.length < CHUNK_BYTES) return void (small = block);
        chunked = Number((await client.execute(INSERT_BODY)).rows[0]?.[0]);
      }
      if (block.length === 0) return;
      const checksum = chunkChecksum(key, chunked, count, block);
      await client.batch(insertChunk(chunked, count, checksum, block), "write");
      count++;
      size += block.length;
    });
    signal?.throwIfAborted();
    if (small !== undefined || chunked === undefined) {
      return await putInline(client, key, small ?? new Uint8Array(0), index);
    }
    const checksum = chunkedChecksum(key, chunked, size);
    await client.batch(putEntry(key, { chunked, count, size, checksum }, index), "write");
  } catch (error) {
    if (chunked !== undefined) {
      // Whatever keeps the staged body from going now, it goes later: it is as old as its last chunk.
      await client.execute({ sql: GIVE_UP_BODY, args: [chunked] }).catch(() => {});
      await sweep(client);
    }
    throw error;
  }
}
