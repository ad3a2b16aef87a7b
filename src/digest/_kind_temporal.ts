/**
 * Temporal's classes, by the fields that make them exact: nanoseconds, zone and calendar are never rounded or left
 * out.
 *
 * @module
 */

// `as` here: Temporal is not in the library types of every compiler that reads this; see also _kinds.ts.

import { getterOf } from "./_getter.ts";
import type { KindWriter } from "./_kinds.ts";
import { writeProperties } from "./_properties.ts";
import { TAG } from "./_tags.ts";
import { writeValue } from "./_value.ts";

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

/** What is written of each class: fields by name, or its exact text. */
const CLASSES: Readonly<Record<string, readonly string[] | "text">> = {
  Instant: ["epochNanoseconds"],
  ZonedDateTime: ["epochNanoseconds", "timeZoneId", "calendarId"],
  Duration: DURATION_FIELDS,
  PlainDate: "text",
  PlainTime: "text",
  PlainDateTime: "text",
  PlainYearMonth: "text",
  PlainMonthDay: "text",
};

/** The kinds of this file; none where the runtime has no Temporal. */
export function temporalKinds(): [object, KindWriter][] {
  const temporal =
    (globalThis as unknown as { Temporal?: Record<string, { prototype: object } | undefined> }).Temporal;
  if (temporal === undefined) return [];
  const kinds: [object, KindWriter][] = [];
  for (const [name, content] of Object.entries(CLASSES)) {
    const prototype = temporal[name]?.prototype;
    if (prototype !== undefined) kinds.push([prototype, kind(name, prototype, content)]);
  }
  return kinds;
}

function kind(name: string, prototype: object, content: readonly string[] | "text"): KindWriter {
  const readers = content === "text"
    ? [exactText(prototype)]
    : content.map((field) => getterOf(prototype, field));
  return (walk, value) => {
    const parts = readers.map((reader) => reader.call(value));
    walk.out.tag(TAG.temporal);
    walk.out.string(name);
    for (const part of parts) writeValue(walk, part);
    writeProperties(walk, value, Object.keys(value));
  };
}

/** With the calendar and the reference day or year that goes with it, which are left out by default. */
function exactText(prototype: object): (this: object) => unknown {
  const { toString } = prototype as { toString(options: object): string };
  return function () {
    return toString.call(this, { calendarName: "always" });
  };
}
