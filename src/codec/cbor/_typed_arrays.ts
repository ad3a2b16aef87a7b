/**
 * Typed arrays and their tags (RFC 8746): which tag each kind is written with, and what each tag is read as.
 *
 * Elements are written in little-endian order, which is the order that they have in memory on every machine that
 * Deno and Bun run on; big-endian ones of other writers are turned round on reading.
 *
 * @module
 */

import { type ByteView, viewConstructor } from "../_byte_view.ts";

interface Kind {
  readonly name: string;
  readonly tag: number;
  readonly bigEndianTag?: number;
  readonly elementBytes: number;
}

const KINDS: readonly Kind[] = [
  { name: "Uint8ClampedArray", tag: 68, elementBytes: 1 },
  { name: "Uint16Array", tag: 69, bigEndianTag: 65, elementBytes: 2 },
  { name: "Uint32Array", tag: 70, bigEndianTag: 66, elementBytes: 4 },
  { name: "BigUint64Array", tag: 71, bigEndianTag: 67, elementBytes: 8 },
  { name: "Int8Array", tag: 72, elementBytes: 1 },
  { name: "Int16Array", tag: 77, bigEndianTag: 73, elementBytes: 2 },
  { name: "Int32Array", tag: 78, bigEndianTag: 74, elementBytes: 4 },
  { name: "BigInt64Array", tag: 79, bigEndianTag: 75, elementBytes: 8 },
  { name: "Float16Array", tag: 84, bigEndianTag: 80, elementBytes: 2 },
  { name: "Float32Array", tag: 85, bigEndianTag: 81, elementBytes: 4 },
  { name: "Float64Array", tag: 86, bigEndianTag: 82, elementBytes: 8 },
  { name: "Uint8Array", tag: 64, elementBytes: 1 },
];

/**
 * The prototype of each kind and its tag, but for `Uint8Array`, which is a plain byte string; kinds that the runtime
 * lacks are left out.
 */
export function typedArrayTags(): Map<object, number> {
  const tags = new Map<object, number>();
  for (const { name, tag } of KINDS) {
    const found = viewConstructor(name);
    if (found !== undefined && tag !== 64) tags.set(found.prototype, tag);
  }
  return tags;
}

/**
 * The typed array that a tag stands for, over bytes of its own.
 *
 * @param tag A CBOR tag.
 * @param content Its elements' bytes; all of its buffer, which is taken over.
 * @returns `undefined` when it is no such tag, or the bytes are no whole number of elements.
 * @throws {TypeError} When the runtime has no such kind.
 */
export function typedArrayOf(tag: number, content: Uint8Array<ArrayBuffer>): ByteView | undefined {
  const kind = KINDS.find((each) => each.tag === tag || each.bigEndianTag === tag);
  if (kind === undefined || content.length % kind.elementBytes !== 0) return undefined;
  const found = viewConstructor(kind.name);
  if (found === undefined) throw new TypeError(`this runtime has no ${kind.name}`);
  if (tag !== kind.tag) {
    for (let at = 0; at < content.length; at += kind.elementBytes) {
      content.subarray(at, at + kind.elementBytes).reverse();
    }
  }
  return new found(content.buffer);
}
