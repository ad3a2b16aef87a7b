/**
 * Python's `datetime` objects as JavaScript's: an aware datetime in UTC is a Date where milliseconds hold it and else a
 * Temporal.Instant, one in another zone a Temporal.ZonedDateTime, a naive one a Temporal.PlainDateTime.
 *
 * @module
 */

// `as number` here: bytes of an array whose length has been compared.

import { latin1 } from "./_text_opcodes.ts";
import { PickleObject } from "../pickle_object.ts";

const DAY_SECONDS = 86_400;

interface Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  readonly microsecond: number;
}

/** `datetime.datetime(state[, tzinfo])`; `undefined` for what JavaScript cannot hold. */
export function datetimeOf(args: readonly unknown[]): unknown {
  const state = stateOf(args[0], 10);
  if (state === undefined || args.length > 2 || typeof Temporal === "undefined") return undefined;
  const isFolded = (state[2] as number) > 127;
  const month = (state[2] as number) & 127;
  const [high = 0, low = 0, , day = 0, ...time] = state;
  const fields: Fields = { year: high * 256 + low, month, day, ...timeFields(time) };
  const plain = valid(() => Temporal.PlainDateTime.from(fields, { overflow: "reject" }));
  if (plain === undefined) return undefined;
  if (args.length === 1) return isFolded ? undefined : plain;
  const zone = zoneOf(args[1]);
  if (zone === undefined) return undefined;
  const zoned = valid(() => plain.toZonedDateTime(zone, { disambiguation: isFolded ? "later" : "earlier" }));
  // A time that the zone's clocks skip has nothing in Temporal.
  if (zoned === undefined || !zoned.toPlainDateTime().equals(plain)) return undefined;
  if (zone !== "UTC") return zoned;
  return fields.microsecond === 0 ? new Date(zoned.epochMilliseconds) : zoned.toInstant();
}

/** `datetime.date(state)`. */
export function dateOf(args: readonly unknown[]): unknown {
  const state = stateOf(args[0], 4);
  if (state === undefined || args.length !== 1 || typeof Temporal === "undefined") return undefined;
  const [high = 0, low = 0, month = 0, day = 0] = state;
  return valid(() => Temporal.PlainDate.from({ year: high * 256 + low, month, day }, { overflow: "reject" }));
}

/** `datetime.time(state)`; one with a zone of its own has nothing in JavaScript. */
export function timeOf(args: readonly unknown[]): unknown {
  const state = stateOf(args[0], 6);
  if (state === undefined || args.length !== 1 || typeof Temporal === "undefined") return undefined;
  return valid(() => Temporal.PlainTime.from(timeFields([...state]), { overflow: "reject" }));
}

/** `datetime.timedelta(days, seconds, microseconds)`: days, seconds and microseconds of one sign. */
export function timedeltaOf(args: readonly unknown[]): unknown {
  const [days = 0, seconds = 0, microseconds = 0] = args;
  if (args.length > 3 || typeof Temporal === "undefined") return undefined;
  if (![days, seconds, microseconds].every((each) => Number.isSafeInteger(each))) return undefined;
  const whole = Number(days) * DAY_SECONDS + Number(seconds);
  const sign = whole < 0 ? -1 : 1;
  // -1 day and 86399 seconds is one second back: the parts must not pull in different directions.
  const borrowed = sign < 0 && Number(microseconds) > 0 ? 1 : 0;
  const total = Math.abs(whole + borrowed);
  const rest = sign < 0 ? borrowed * 1_000_000 - Number(microseconds) : Number(microseconds);
  return valid(() =>
    Temporal.Duration.from({
      days: sign * Math.floor(total / DAY_SECONDS) || 0,
      seconds: sign * (total % DAY_SECONDS) || 0,
      microseconds: sign * rest || 0,
    })
  );
}

/** The bytes that a pickle holds of a time; protocols 0 to 2 of Python 2 have them as text. */
function stateOf(state: unknown, length: number): Uint8Array | undefined {
  const bytes = typeof state === "string" ? Uint8Array.from(state, (each) => each.charCodeAt(0)) : state;
  if (!(bytes instanceof Uint8Array) || bytes.length !== length) return undefined;
  return typeof state !== "string" || latin1(bytes) === state ? bytes : undefined;
}

function timeFields([hour = 0, minute = 0, second = 0, a = 0, b = 0, c = 0]: readonly number[]) {
  const micros = a * 65536 + b * 256 + c;
  return { hour, minute, second, millisecond: Math.floor(micros / 1000), microsecond: micros % 1000 };
}

/** The zone that a tzinfo stands for, as Temporal names it. */
function zoneOf(tzinfo: unknown): string | undefined {
  if (!(tzinfo instanceof PickleObject)) return undefined;
  const [first] = tzinfo.args;
  const { module, name, callee } = tzinfo;
  // zoneinfo.ZoneInfo._unpickle(key, from_cache), which pickles fetch by builtins.getattr.
  const [type, method] = callee?.name === "getattr" ? callee.args : [];
  if (type instanceof PickleObject && type.module === "zoneinfo" && type.name === "ZoneInfo") {
    // In this way "UTC" says what datetime.timezone.utc says.
    return method === "_unpickle" && typeof first === "string" ? first : undefined;
  }
  if (module !== "datetime" || name !== "timezone" || !(first instanceof Temporal.Duration)) return undefined;
  if (tzinfo.args.length !== 1) return undefined;
  const seconds = first.total("seconds");
  if (seconds === 0) return "UTC";
  if (seconds % 60 !== 0) return undefined;
  const minutes = Math.abs(seconds) / 60;
  const digits = (value: number): string => String(value).padStart(2, "0");
  return `${seconds < 0 ? "-" : "+"}${digits(Math.floor(minutes / 60))}:${digits(minutes % 60)}`;
}

/** What Temporal refuses is no value of its own. */
function valid<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
