/**
 * The tag bytes of scheme `fleche-1`, as `README.md` specifies them: lower case for primitives and marks, upper case
 * for objects. Never change one; a new scheme gets a new name.
 *
 * @module
 */

/** Tag bytes, ASCII. */
export const TAG = {
  null: 0x6e, // n
  undefined: 0x75, // u
  true: 0x74, // t
  false: 0x66, // f
  number: 0x64, // d
  bigint: 0x69, // i
  string: 0x73, // s
  illFormedString: 0x77, // w
  symbol: 0x79, // y
  absent: 0x68, // h: a run of holes, or a property that is not there
  reference: 0x40, // @
  class: 0x43, // C
  hook: 0x4b, // K
  object: 0x4f, // O
  nullPrototype: 0x5a, // Z
  array: 0x41, // A
  map: 0x4d, // M
  set: 0x53, // S
  date: 0x44, // D
  regExp: 0x52, // R
  boxed: 0x42, // B
  error: 0x45, // E
  view: 0x56, // V
  buffer: 0x58, // X
  sharedBuffer: 0x59, // Y
  url: 0x55, // U
  urlSearchParams: 0x51, // Q
  headers: 0x48, // H
  temporal: 0x54, // T
  blob: 0x4c, // L
  file: 0x46, // F
} as const;
