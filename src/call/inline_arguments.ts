/**
 * Which arguments are small enough to stand in a call's record, and their bytes.
 *
 * @module
 */

import { cborCodec } from "../codec/cbor/cbor_codec.ts";
import type { BoundArguments } from "./bind.ts";

/** The most bytes of CBOR that an argument may have in a record. */
const MOST_BYTES = 1024;

/**
 * The small ones among the arguments as CBOR, taken before the function runs and might change them. What is large, or what
 * CBOR cannot hold, is known to the record by its digest alone.
 */
export async function inlineArguments(bound: BoundArguments): Promise<Record<string, Uint8Array>> {
  const inline: [name: string, bytes: Uint8Array][] = [];
  for (const [name, value] of bound) {
    try {
      if (!isSmall(value)) continue;
      const encoded = await cborCodec.encode(value);
      if (encoded instanceof Uint8Array && encoded.length <= MOST_BYTES) inline.push([name, encoded]);
    } catch {
      // The record does without; the call must not fail for it.
    }
  }
  return Object.fromEntries(inline);
}

/** Whether a value may be small enough: of a large one no more is looked at than shows it. What throws then is not. */
export function isSmall(value: unknown): boolean {
  try {
    return leftOf(value, MOST_BYTES) >= 0;
  } catch {
    return false;
  }
}

/** What is left of a number of bytes when a value is written, at the most; negative as soon as that is known. */
function leftOf(value: unknown, bytes: number): number {
  if (typeof value === "string") return bytes - value.length;
  if (typeof value !== "object" || value === null) return bytes - 1;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return bytes - value.byteLength;
  let left = bytes - 1;
  for (const part of partsOf(value)) if ((left = leftOf(part, left)) < 0) break;
  return left;
}

function partsOf(value: object): Iterable<unknown> {
  if (Array.isArray(value) || value instanceof Set) return value;
  // A Map's iterator gives each key with its value in an array.
  return value instanceof Map ? value : Object.values(value);
}
