/**
 * Dates and Temporal's types as Python's `datetime` has them, in the bytes that its own pickles hold
 * (https://github.com/python/cpython/blob/3.13/Lib/_pydatetime.py, `_getstate`).
 *
 * @module
 */

// `as` here: an object is taken for what the name of its form says.

import { writeCall, writeGlobal } from "./_global_writer.ts";
import { MARK, REDUCE, TUPLE, TUPLE1, TUPLE2 } from "./_opcodes.ts";
import type { ValueWriter } from "./_value_writer.ts";

const DAY_SECONDS = 86_400;
/** Python's years. */
const FIRST_YEAR = 1;
const LAST_YEAR = 9999;
/** What Python's timedelta holds at the most, in seconds. */
const LONGEST_SECONDS = 999_999_999 * DAY_SECONDS;

/** Writes a Date as an aware datetime; `false` when Python's calendar does not have it. */
export function writeDate(writer: ValueWriter, ms: number): boolean {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  if (!(year >= FIRST_YEAR && year <= LAST_YEAR)) return false;
  writeDatetime(writer, {
    date: [year, date.getUTCMonth() + 1, date.getUTCDate()],
    time: [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds(), date.getUTCMilliseconds() * 1000],
    offsetSeconds: 0,
  });
  return true;
}

/** Writes what Python has next to an object of Temporal: `name` says which; text where there is nothing near. */
export function writeNearest(writer: ValueWriter, name: string, object: object): void {
  if (!writeTime(writer, name, object)) writer.out.text(String(object));
}

function writeTime(writer: ValueWriter, name: string, object: object): boolean {
  switch (name) {
    case "Temporal.PlainDate": {
      const { year, month, day } = (object as Temporal.PlainDate).withCalendar("iso8601");
      if (year < FIRST_YEAR || year > LAST_YEAR) return false;
      const bytes = Uint8Array.of(year >> 8, year, month, day);
      writeCall(writer, ["datetime", "date"], () => writer.out.bytes(bytes), TUPLE1);
      return true;
    }
    case "Temporal.PlainTime": {
      const bytes = Uint8Array.from(timeBytes(timeOf(object as Temporal.PlainTime)));
      writeCall(writer, ["datetime", "time"], () => writer.out.bytes(bytes), TUPLE1);
      return true;
    }
    case "Temporal.PlainDateTime":
      return writePlainDateTime(writer, object as Temporal.PlainDateTime);
    case "Temporal.Instant":
      return writePlainDateTime(
        writer,
        (object as Temporal.Instant).toZonedDateTimeISO("UTC").toPlainDateTime(),
        0,
      );
    case "Temporal.ZonedDateTime": {
      const zoned = object as Temporal.ZonedDateTime;
      return writePlainDateTime(writer, zoned.toPlainDateTime(), Math.trunc(zoned.offsetNanoseconds / 1e9));
    }
    case "Temporal.Duration":
      return writeDuration(writer, object as Temporal.Duration);
    default:
      return false;
  }
}

function writePlainDateTime(
  writer: ValueWriter,
  datetime: Temporal.PlainDateTime,
  offsetSeconds?: number,
): boolean {
  const { year, month, day } = datetime.withCalendar("iso8601");
  if (year < FIRST_YEAR || year > LAST_YEAR) return false;
  writeDatetime(writer, { date: [year, month, day], time: timeOf(datetime), offsetSeconds });
  return true;
}

function writeDuration(writer: ValueWriter, duration: Temporal.Duration): boolean {
  if (duration.years !== 0 || duration.months !== 0) return false;
  const days = duration.weeks * 7 + duration.days;
  const seconds = days * DAY_SECONDS + duration.hours * 3600 + duration.minutes * 60 + duration.seconds;
  const micros = duration.milliseconds * 1000 + duration.microseconds +
    Math.trunc(duration.nanoseconds / 1000);
  const whole = seconds + Math.floor(micros / 1e6);
  if (Math.abs(whole) > LONGEST_SECONDS || !Number.isSafeInteger(micros)) return false;
  writeTimedelta(writer, whole, micros - Math.floor(micros / 1e6) * 1e6);
  return true;
}

function writeTimedelta(writer: ValueWriter, seconds: number, micros: number): void {
  const days = Math.floor(seconds / DAY_SECONDS);
  writeGlobal(writer, "datetime", "timedelta");
  writer.out.byte(MARK);
  for (const part of [days, seconds - days * DAY_SECONDS, micros]) writer.out.number(part);
  writer.out.byte(TUPLE);
  writer.out.byte(REDUCE);
}

function writeDatetime(
  writer: ValueWriter,
  parts: {
    readonly date: readonly [year: number, month: number, day: number];
    readonly time: readonly number[];
    readonly offsetSeconds?: number | undefined;
  },
): void {
  const { date: [year, month, day], time, offsetSeconds } = parts;
  const bytes = Uint8Array.of(year >> 8, year, month, day, ...timeBytes(time));
  writeCall(writer, ["datetime", "datetime"], () => {
    writer.out.bytes(bytes);
    if (offsetSeconds !== undefined) writeZone(writer, offsetSeconds);
  }, offsetSeconds === undefined ? TUPLE1 : TUPLE2);
}

/** Python's time zone of a fixed offset; written once in a pickle. */
function writeZone(writer: ValueWriter, offsetSeconds: number): void {
  writer.constant(`zone ${offsetSeconds}`, () => {
    writeCall(writer, ["datetime", "timezone"], () => writeTimedelta(writer, offsetSeconds, 0), TUPLE1);
  });
}

/** Hour, minute, second and microseconds; what is finer is left to the mark. */
function timeOf(time: Temporal.PlainTime | Temporal.PlainDateTime): readonly number[] {
  return [time.hour, time.minute, time.second, time.millisecond * 1000 + time.microsecond];
}

function timeBytes([hour = 0, minute = 0, second = 0, micros = 0]: readonly number[]): readonly number[] {
  return [hour, minute, second, micros >> 16, (micros >> 8) & 0xff, micros & 0xff];
}
