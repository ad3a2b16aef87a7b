/**
 * Objects of the web platform and of Temporal into CBOR items. They are apart because asking for some of these
 * globals costs a runtime time: that is spent when an object comes that is nothing else.
 *
 * @module
 */

// `as` here: an object is taken for what its prototype says; every method used checks that itself and throws.

import type { ExoticWriter } from "./_exotic_writer.ts";
import { ARRAY, TAG, TAG_URI } from "./_format.ts";
import { elementBytes, onlyItself } from "../_own_properties.ts";
import type { ValueWriter } from "./_value_writer.ts";

/** The types of Temporal that their text says everything about. */
const TEMPORAL_TEXTS = [
  "Instant",
  "PlainDate",
  "PlainDateTime",
  "PlainMonthDay",
  "PlainTime",
  "PlainYearMonth",
] as const;

/** The fields of a duration, in the order of its constructor. */
const DURATION_FIELDS = [
  "years",
  "months",
  "weeks",
  "days",
  "hours",
  "minutes",
  "seconds",
  "milliseconds",
  "microseconds",
  "nanoseconds",
] as const;

let kinds: ReadonlyMap<object, ExoticWriter> | undefined;

/** The prototypes that are known here. */
export function webKinds(): ReadonlyMap<object, ExoticWriter> {
  return kinds ??= knownKinds();
}

function knownKinds(): Map<object, ExoticWriter> {
  const found = new Map<object, ExoticWriter>([
    [URL.prototype, writeUrl],
    [URLSearchParams.prototype, writeSearchParams],
    [Headers.prototype, writeHeaders],
  ]);
  const { Buffer } = globalThis as { Buffer?: { readonly prototype: object } };
  if (Buffer !== undefined) {
    found.set(Buffer.prototype, (writer, object, depth) => {
      const content = elementBytes(writer, object, depth);
      writer.generic("Buffer", 1);
      writer.out.bytes(content);
    });
  }
  if (typeof Temporal !== "undefined") {
    for (const name of TEMPORAL_TEXTS) found.set(Temporal[name].prototype, temporalText(name));
    found.set(Temporal.Duration.prototype, writeDuration);
    found.set(Temporal.ZonedDateTime.prototype, writeZonedDateTime);
  }
  return found;
}

function writeUrl(writer: ValueWriter, object: object, depth: number): void {
  onlyItself(writer, object, depth);
  writer.out.head(TAG, TAG_URI);
  writer.out.text((object as URL).href);
}

function writeSearchParams(writer: ValueWriter, object: object, depth: number): void {
  onlyItself(writer, object, depth);
  writer.generic("URLSearchParams", 1);
  writer.out.text(String(object as URLSearchParams));
}

function writeHeaders(writer: ValueWriter, object: object, depth: number): void {
  onlyItself(writer, object, depth);
  // Sorted by name, as the standard has it; Bun lists cookies last.
  const entries = [...(object as Headers)].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
  writer.generic("Headers", entries.length);
  for (const [name, value] of entries) {
    writer.out.head(ARRAY, 2);
    writer.out.text(name);
    writer.out.text(value);
  }
}

function temporalText(name: typeof TEMPORAL_TEXTS[number]): ExoticWriter {
  return (writer, object, depth) => {
    onlyItself(writer, object, depth);
    const text = String(object);
    // A PlainMonthDay can hold a reference year that its text leaves out.
    const read = Temporal[name].from(text) as { equals(other: object): boolean };
    if (!read.equals(object)) {
      writer.refuse(depth, `its text "${text}" does not say everything; Temporal.PlainDate would work`);
    }
    writer.generic(`Temporal.${name}`, 1);
    writer.out.text(text);
  };
}

function writeDuration(writer: ValueWriter, object: object, depth: number): void {
  onlyItself(writer, object, depth);
  const duration = object as Temporal.Duration;
  writer.generic("Temporal.Duration", DURATION_FIELDS.length);
  // Field by field: its text would turn 1500 milliseconds into a second and 500.
  for (const field of DURATION_FIELDS) writer.out.number(duration[field]);
}

function writeZonedDateTime(writer: ValueWriter, object: object, depth: number): void {
  onlyItself(writer, object, depth);
  const time = object as Temporal.ZonedDateTime;
  writer.generic("Temporal.ZonedDateTime", 3);
  writer.out.bigint(time.epochNanoseconds);
  writer.out.text(time.timeZoneId);
  writer.out.text(time.calendarId);
}
