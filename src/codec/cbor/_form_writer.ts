/**
 * Forms of built-in objects into CBOR items: by a tag of their own where one is registered, else as generic objects.
 *
 * @module
 */

// `as` here: the arguments of the three forms that have tags of their own.

import type { Form } from "../_forms.ts";
import { ARRAY, EPOCH_FIRST, EPOCH_LAST, TAG, TAG_EPOCH, TAG_REGEXP, TAG_URI } from "./_format.ts";
import type { ValueWriter } from "./_value_writer.ts";

/** Writes the form of an object that stands in `depth` objects. */
export function writeForm(writer: ValueWriter, { name, args }: Form, depth: number): void {
  if (name === "Date" && writeEpoch(writer, args[0] as number)) return;
  if (name === "URL") {
    writer.out.head(TAG, TAG_URI);
    writer.out.text(args[0] as string);
    return;
  }
  if (name === "RegExp" && Object.is(args[2], 0)) {
    writer.out.head(TAG, TAG_REGEXP);
    writer.out.head(ARRAY, 2);
    writer.out.text(args[0] as string);
    writer.out.text(args[1] as string);
    return;
  }
  writer.generic(name, args.length);
  for (const arg of args) writeArgument(writer, arg, depth);
}

/** Seconds as a double keep milliseconds for longer than other readers' calendars last, yet not for ever. */
function writeEpoch(writer: ValueWriter, ms: number): boolean {
  const seconds = ms / 1000;
  if (!(seconds >= EPOCH_FIRST && seconds <= EPOCH_LAST && Math.round(seconds * 1000) === ms)) return false;
  writer.out.head(TAG, TAG_EPOCH);
  writer.out.number(seconds);
  return true;
}

/** Bytes and arrays in a form were made for it: they are no objects of the value, which could occur twice. */
function writeArgument(writer: ValueWriter, arg: unknown, depth: number): void {
  if (arg instanceof Uint8Array) {
    writer.out.bytes(arg);
  } else if (Array.isArray(arg)) {
    writer.out.head(ARRAY, arg.length);
    for (const each of arg) writeArgument(writer, each, depth);
  } else {
    writer.value(arg, depth);
  }
}
