/**
 * Bytes into strings: short ASCII in a loop and out of a small table, UTF-8 by the runtime, WTF-8 by hand.
 *
 * @module
 */

// `as number` here: indices below a length that was compared before.

/** ASCII up to here is converted in a loop, which is faster than a call into the runtime. */
const SHORT_TEXT = 24;
/** Strings that were read lately, by a hash of their bytes: property names come again and again. */
const TABLE_SIZE = 512;

// BOMs are characters like any other here, and wrong bytes are not to be replaced.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const table: string[] = new Array(TABLE_SIZE).fill("");

/**
 * Short ASCII text.
 *
 * @returns `undefined` when it is too long for a loop or is not ASCII.
 */
export function readAscii(bytes: Uint8Array, start: number, size: number): string | undefined {
  if (size > SHORT_TEXT) return undefined;
  let hash = size;
  const end = start + size;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte > 0x7f) return undefined;
    hash = (hash * 31 + byte) | 0;
  }
  const slot = (hash ^ (hash >>> 9)) & (TABLE_SIZE - 1);
  const known = table[slot] as string;
  if (known.length === size) {
    let i = 0;
    while (i < size && known.charCodeAt(i) === bytes[start + i]) i++;
    if (i === size) return known;
  }
  let text = "";
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] as number);
  return table[slot] = text;
}

/**
 * Any UTF-8 text.
 *
 * @throws {TypeError} When it is not UTF-8.
 */
export function readLongText(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

/**
 * Text from WTF-8, which is UTF-8 with lone surrogates.
 *
 * @returns `undefined` when the bytes are not that.
 */
export function readWtf8(bytes: Uint8Array): string | undefined {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at++] as number;
    const following = first < 0x80
      ? 0
      : first < 0xc2
      ? -1
      : first < 0xe0
      ? 1
      : first < 0xf0
      ? 2
      : first < 0xf5
      ? 3
      : -1;
    if (following < 0 || at + following > bytes.length) return undefined;
    let point = following === 0 ? first : first & (0x3f >> following);
    for (let i = 0; i < following; i++) {
      const byte = bytes[at++] as number;
      if ((byte & 0xc0) !== 0x80) return undefined;
      point = (point << 6) | (byte & 0x3f);
    }
    if ((following === 2 && point < 0x800) || (following === 3 && (point < 0x10000 || point > 0x10ffff))) {
      return undefined;
    }
    text += String.fromCodePoint(point);
  }
  return text;
}
