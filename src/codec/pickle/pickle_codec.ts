/**
 * The pickle codec: plain data as Python's own format. What is written how stands in README.md beside this file.
 *
 * @module
 */

import type { Codec } from "../types.ts";
import { decoder } from "./_decode.ts";
import { encoder } from "./_encode.ts";

/**
 * Values as pickles (protocol 4) that Python's `pickle.load` reads, and pickles of protocols 0 to 5 as values.
 *
 * Kept are all primitives but symbols, arrays, plain and null-prototype objects, Map, Set, Date, ArrayBuffer and its
 * views (as numpy's arrays, but for Uint8Array, which is bytes), Temporal's types, and what was read of Python, with
 * shared references and cycles. Other things are refused, with the path to them. Neither direction goes more than 1000
 * objects deep. Reading imports nothing and calls nothing: a Python object that JavaScript has no type for is a
 * `PickleObject`.
 *
 * `encode` answers at once: with bytes up to 1 MiB, else with a stream that is written as it is read. `decode` answers bytes
 * at once and a stream with a promise, reading it as it comes.
 */
export const pickleCodec: Codec = { name: "pickle", encode: encoder(), decode: decoder() };
