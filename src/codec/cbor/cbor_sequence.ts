/**
 * CBOR sequences (RFC 8742): items one after the other, nothing before, between or after them. An item is written by the
 * CBOR codec; here they are read, each as soon as it is whole.
 *
 * @module
 */

import { NEED_MORE } from "./_byte_reader.ts";
import { Gatherer, type PullBytes } from "./_gatherer.ts";
import { END, ValueReader } from "./_value_reader.ts";

/**
 * Reads the items of a sequence. An item is given as soon as its last byte has come, and no chunk is asked for while
 * one can be given. Of the bytes no more is held than those of the item that is being read, and a chunk. Items share
 * nothing with each other, nor with the chunks.
 *
 * @param next Asks for the next chunk, of any size, which nobody changes any more; `undefined` at the end. What it
 * throws is passed on. It is not told when nobody reads any more.
 * @throws {CodecError} code `malformed`, with the offset in the sequence, when an item is damaged or cut off; those
 * before it have been given.
 */
export async function* readSequence(next: PullBytes): AsyncGenerator<unknown, void> {
  const gatherer = new Gatherer(next, 0);
  const reader = new ValueReader(new Uint8Array(), true);
  for (;;) {
    const item = reader.next();
    if (item === END) return;
    if (item === NEED_MORE) await gatherer.supply(reader.in);
    else yield item;
  }
}
