/**
 * What this codec adds to the format, and its limits. README.md beside this file specifies the marks.
 *
 * A mark is a text that is pushed and popped again (`SHORT_BINUNICODE "fleche:…"`, `POP`). Python does just that and is left
 * with the plain value; this module's reader takes it as word of what the value is in JavaScript.
 *
 * @module
 */

/** The protocol that is written: the newest that every supported Python reads, and Python's own default from 3.8 to 3.13. */
export const PROTOCOL = 4;
/** The newest protocol that is read. */
export const NEWEST_PROTOCOL = 5;

/** How deep objects may stand within each other, on writing and on reading; well within the runtimes' stacks. */
export const MAX_DEPTH = 1000;

/** So many elements are appended in one go, which bounds a reader's stack. */
export const BATCH = 1000;

/** A mark that says what the next opcode's object is. */
export const BEFORE = "fleche:";
/** A mark that says what to make of the value before it. */
export const AFTER = "fleche=";

/** What stands before the next opcode: `NONE` is undefined. */
export const UNDEFINED: string = `${BEFORE}undefined`;
/** A Map: before `EMPTY_DICT`, or `EMPTY_LIST` whose elements are pairs. */
export const MAP: string = `${BEFORE}Map`;
/** A Set: before `EMPTY_LIST`. */
export const SET: string = `${BEFORE}Set`;
/** An object without a prototype: before `EMPTY_DICT`. */
export const NULL_PROTOTYPE: string = `${BEFORE}Object.create(null)`;
/** An array with holes or named properties: before `EMPTY_DICT`, whose first entry is its length. */
export const SPARSE_ARRAY: string = `${BEFORE}Array`;
/** An error, followed by its class and the names of its hidden properties: before `EMPTY_DICT`. */
export const ERROR: string = `${BEFORE}Error `;

/** A typed array, followed by its class; made of the array before it, without a `shape` of its own. */
export const TYPED_ARRAY: string = `${AFTER}TypedArray `;
/** An object of Temporal, followed by its form's one argument; the value before it is Python's nearest. */
export const TEMPORAL_TEXT: string = `${AFTER}Text `;
/** A built-in object, followed by its form's name; the value before it is its one argument. */
export const FORM1: string = `${AFTER}Form `;
/** The same; the tuple before it holds its arguments. */
export const FORMS: string = `${AFTER}Forms `;
/** A registered symbol, of the text before it. */
export const SYMBOL: string = `${AFTER}Symbol.for`;
/** A function, of the pair of name and source before it. */
export const FUNCTION: string = `${AFTER}Function`;
/** A Blob, of the pair of bytes and type before it. */
export const BLOB: string = `${AFTER}Blob`;
/** A File, of the tuple of bytes, type, name and time of change before it. */
export const FILE: string = `${AFTER}File`;
/** An instance of a registered class, followed by the class's name, of the state before it. */
export const INSTANCE: string = `${AFTER}Instance `;
