/**
 * The words of the format: HDF5's own numbers, the class paths of Python's bagofholding, and our attributes. What they
 * are for stands in README.md beside this file.
 *
 * @module
 */

/** First bytes of every HDF5 file. */
export const SIGNATURE: readonly number[] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
/** Bytes of a superblock of version 2 or 3. */
export const SUPERBLOCK_BYTES = 48;

/** Kinds of messages in an object header. */
export const MESSAGE_DATASPACE = 0x01;
export const MESSAGE_LINK_INFO = 0x02;
export const MESSAGE_DATATYPE = 0x03;
export const MESSAGE_FILL_VALUE = 0x05;
export const MESSAGE_LINK = 0x06;
export const MESSAGE_LAYOUT = 0x08;
export const MESSAGE_GROUP_INFO = 0x0a;
export const MESSAGE_FILTERS = 0x0b;
export const MESSAGE_ATTRIBUTE = 0x0c;
export const MESSAGE_CONTINUATION = 0x10;
export const MESSAGE_SYMBOL_TABLE = 0x11;

/** Kinds of storage layout. */
export const LAYOUT_COMPACT = 0;
export const LAYOUT_CONTIGUOUS = 1;
export const LAYOUT_CHUNKED = 2;
/** Index of chunks that lie one after the other. */
export const INDEX_IMPLICIT = 2;

/** Kinds of dataspace. */
export const SPACE_SCALAR = 0;
export const SPACE_SIMPLE = 1;
export const SPACE_NULL = 2;

/** Classes of datatype. */
export const CLASS_INTEGER = 0;
export const CLASS_FLOAT = 1;
export const CLASS_STRING = 3;
export const CLASS_OPAQUE = 5;
export const CLASS_COMPOUND = 6;
export const CLASS_ENUM = 8;
export const CLASS_VARIABLE = 9;
export const CLASS_COMPLEX = 11;

/** Depth in objects at which both directions give up: the digest's own limit, and far from the end of the stack. */
export const MAX_DEPTH = 500;

/** Where the value lies in a file. */
export const ROOT_NAME = "object";

/** Class paths of bagofholding's content begin so, but for that of arrays. */
export const CONTENT = "bagofholding.content.";
/** The content type of numpy's arrays. */
export const ARRAY_CONTENT = "bagofholding.h5.content.Array";

/** The attribute that says what a node is to Python. */
export const CONTENT_TYPE = "content_type";
/** Marks a text that is kept as UTF-16. */
export const SURROGATES = "_surrogate_str";
/** Marks an integer that is kept as decimal digits. */
export const BIG_INTEGER = "_bigint";

/** The attribute that says what a node is to JavaScript, where that is more than it is to Python. */
export const KIND = "fleche";
/** The attribute of arrays with holes or names: their length. */
export const LENGTH = "fleche_length";
/** The attribute of errors: how many of their properties, the first ones, are not enumerable. */
export const HIDDEN = "fleche_hidden";

/** The root's attribute with the version of what is described here; Python's files have none. */
export const FORMAT_VERSION = 1;

/** What an attribute holds. */
export type AttributeValue = string | number | boolean;

/** What stands under {@linkcode KIND}; other names are those of typed arrays, errors, and `_forms.ts`. */
export const KINDS = {
  undefined: "undefined",
  bigint: "bigint",
  symbol: "symbol",
  array: "Array",
  map: "Map",
  set: "Set",
  nullPrototype: "Object.create(null)",
} as const;
