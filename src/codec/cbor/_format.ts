/**
 * The numbers of the format: major types, simple values and the registered tags that are written. README.md beside
 * this file has the table of what is written how.
 *
 * Tags are those of IANA's registry (https://www.iana.org/assignments/cbor-tags); none is made up here, so that any
 * reader of CBOR can at least show what it does not know.
 *
 * @module
 */

/** Major types, shifted to where they stand in an item's first byte (RFC 8949, section 3.1). */
export const UNSIGNED = 0x00;
/** Negative integers: −1 − n. */
export const NEGATIVE = 0x20;
/** Byte strings. */
export const BYTES = 0x40;
/** UTF-8 text. */
export const TEXT = 0x60;
/** Arrays. */
export const ARRAY = 0x80;
/** Maps. */
export const MAP = 0xa0;
/** Tags. */
export const TAG = 0xc0;

/** The item `false`. */
export const FALSE = 0xf4;
/** The item `true`. */
export const TRUE = 0xf5;
/** The item `null`. */
export const NULL = 0xf6;
/** The item `undefined`. */
export const UNDEFINED = 0xf7;
/** First byte of a half-precision float; only −0, NaN and the infinities are written so. */
export const FLOAT16 = 0xf9;
/** First byte of a single-precision float. */
export const FLOAT32 = 0xfa;
/** First byte of a double-precision float. */
export const FLOAT64 = 0xfb;

/** Epoch-based time, in seconds (RFC 8949). */
export const TAG_EPOCH = 1;
/** Non-negative bignum (RFC 8949). */
export const TAG_BIGNUM = 2;
/** Negative bignum (RFC 8949). */
export const TAG_NEGATIVE_BIGNUM = 3;
/** Generic object: `[type name, ...arguments]` (http://cbor.schmorp.de/generic-object). */
export const TAG_OBJECT = 27;
/** Marks a value as shared (http://cbor.schmorp.de/value-sharing). */
export const TAG_SHAREABLE = 28;
/** Refers to the n-th value that was marked as shared. */
export const TAG_SHARED_REFERENCE = 29;
/** URI (RFC 8949). */
export const TAG_URI = 32;
/** Set (https://github.com/input-output-hk/cbor-sets-spec). */
export const TAG_SET = 258;
/** Map whose keys keep their types (https://github.com/shanewholloway/js-cbor-codec). */
export const TAG_MAP = 259;
/** Text that is no UTF-8, as WTF-8 bytes (https://svaarala.github.io/cbor-specs/cbor-nonutf8-string-tags.html). */
export const TAG_WTF8 = 273;
/** ECMAScript regular expression: `[source, flags]` (https://github.com/hildjj/cbor-specs/blob/main/regexp.md). */
export const TAG_REGEXP = 21066;
/**
 * How deep objects may stand within each other, on writing and on reading; a primitive needs no level. It keeps both
 * well within the runtimes' stacks (about 1 MB), and hostile bytes from overflowing it.
 */
export const MAX_DEPTH = 1000;

/** First and last second that Python's `datetime` and RFC 3339 know: years 1 to 9999. Dates beyond go another way. */
export const EPOCH_FIRST = -62135596800;
/** See {@linkcode EPOCH_FIRST}. */
export const EPOCH_LAST = 253402300799;
