/**
 * Tagged items into JavaScript objects. A tag that is not in this version's table is refused: better a miss than a
 * value that only looks like the one that was written.
 *
 * @module
 */

import {
  ARRAY,
  MAP,
  TAG_BIGNUM,
  TAG_EPOCH,
  TAG_MAP,
  TAG_NEGATIVE_BIGNUM,
  TAG_OBJECT,
  TAG_REGEXP,
  TAG_SET,
  TAG_SHAREABLE,
  TAG_SHARED_REFERENCE,
  TAG_URI,
  TAG_WTF8,
} from "./_format.ts";
import { readGeneric } from "./_generic_reader.ts";
import { readWtf8 } from "../_text_reader.ts";
import { typedArrayOf } from "./_typed_arrays.ts";
import type { Collector, ValueReader } from "./_value_reader.ts";

/**
 * Reads a tagged value.
 *
 * @param first The tag's first byte, which was read.
 * @param depth How many objects it stands in.
 */
export function readTagged(reader: ValueReader, first: number, depth: number): unknown {
  const offset = reader.in.position - 1;
  const tag = reader.in.argument(first);
  switch (tag) {
    case TAG_SHAREABLE:
      return reader.shareable(depth);
    case TAG_SHARED_REFERENCE:
      return reader.sharedReference(reader.number());
    case TAG_OBJECT:
      return readGeneric(reader, depth);
    case TAG_BIGNUM:
      return bignum(reader.in.expectBytes());
    case TAG_NEGATIVE_BIGNUM:
      return -1n - bignum(reader.in.expectBytes());
    case TAG_EPOCH:
      return reader.created(new Date(Math.round(reader.number() * 1000)));
    case TAG_URI:
      return reader.created(readUrl(reader));
    case TAG_SET:
      return readSet(reader, reader.in.count(reader.in.expect(ARRAY), 1), depth);
    case TAG_MAP:
      return readMap(reader, reader.in.count(reader.in.expect(MAP), 2), depth);
    case TAG_WTF8:
      return readWtf8(reader.in.expectBytes()) ?? reader.in.fail("a text is not WTF-8");
    case TAG_REGEXP:
      return reader.created(readRegExp(reader));
    default: {
      if (tag < 64 || tag > 87) return reader.in.fail(`tag ${tag} is not known to this version`, offset);
      const array = typedArrayOf(tag, reader.in.expectOwnBytes());
      return reader.created(array ?? reader.in.fail("a typed array is not valid", offset));
    }
  }
}

/** The entries of a Map: so many keys, each followed by its value. */
export function readMap(reader: ValueReader, count: number, depth: number): unknown {
  reader.checkDepth(depth);
  const map = reader.created(new Map<unknown, unknown>());
  let key: unknown;
  let isKey = true;
  const collector: Collector = {
    add(item) {
      if (isKey) key = item;
      else map.set(key, item);
      isKey = !isKey;
    },
    finish: () => map.size === count ? map : reader.in.fail("a Map has a key twice"),
  };
  return reader.collect(collector, depth, count * 2);
}

/** The members of a Set. */
export function readSet(reader: ValueReader, count: number, depth: number): unknown {
  reader.checkDepth(depth);
  const set = reader.created(new Set<unknown>());
  const collector: Collector = {
    add: (item) => set.add(item),
    finish: () => set.size === count ? set : reader.in.fail("a Set has a member twice"),
  };
  return reader.collect(collector, depth, count);
}

function bignum(content: Uint8Array): bigint {
  return content.length === 0 ? 0n : BigInt(`0x${content.toHex()}`);
}

function readUrl(reader: ValueReader): URL {
  const text = reader.in.expectText();
  const url = new URL(text);
  if (url.href !== text) reader.in.fail("a URL is not in its normal form");
  return url;
}

function readRegExp(reader: ValueReader): RegExp {
  const count = reader.in.count(reader.in.expect(ARRAY), 1);
  if (count !== 1 && count !== 2) reader.in.fail("a regular expression is not valid");
  const source = reader.text();
  return new RegExp(source, count === 2 ? reader.in.expectText() : "");
}
