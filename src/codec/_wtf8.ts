/**
 * Text as WTF-8 (https://simonsapin.github.io/wtf-8/): UTF-8 for all that UTF-8 can hold, lone surrogates as if they were
 * characters. Python calls it `utf-8` with `surrogatepass`.
 *
 * @module
 */

/**
 * Writes text as WTF-8.
 *
 * @param bytes Where to; three bytes a character must be there.
 * @returns Where the text ends.
 */
export function writeWtf8(text: string, bytes: Uint8Array, start: number): number {
  let at = start;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      bytes[at++] = unit;
    } else if (unit < 0x800) {
      bytes[at++] = 0xc0 | (unit >> 6);
      bytes[at++] = 0x80 | (unit & 0x3f);
    } else {
      const next = (unit & 0xfc00) === 0xd800 ? text.charCodeAt(i + 1) : 0;
      if ((next & 0xfc00) === 0xdc00) {
        const point = 0x10000 + ((unit & 0x3ff) << 10) + (next & 0x3ff);
        i++;
        bytes[at++] = 0xf0 | (point >> 18);
        bytes[at++] = 0x80 | ((point >> 12) & 0x3f);
        bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
        bytes[at++] = 0x80 | (point & 0x3f);
      } else {
        bytes[at++] = 0xe0 | (unit >> 12);
        bytes[at++] = 0x80 | ((unit >> 6) & 0x3f);
        bytes[at++] = 0x80 | (unit & 0x3f);
      }
    }
  }
  return at;
}
