/**
 * Built-in objects as a type name and plain arguments, and back: what a format that has no type of its own for a RegExp or a
 * Temporal.PlainDate writes in its place. Only objects that hold no other objects of the user's are here, so that a
 * form is read whole before the object is made; Maps, Sets, arrays and errors, which can stand in cycles, are each
 * codec's own.
 *
 * @module
 */

// `as` here: an object is taken for what its prototype says; every method used checks that itself and throws.

import { bytesOf } from "./_byte_view.ts";
import { elementBytes, fixedView, onlyItself, onlyStrings } from "./_own_properties.ts";
import { className, type Refuser } from "./_refusal.ts";

/** A built-in object in plain terms. */
export interface Form {
  /** Name of its type, as `Temporal.PlainDate`. */
  readonly name: string;
  /** What it is made of: primitives, bytes and arrays of these. */
  readonly args: readonly unknown[];
}

/** Gives the arguments of an object of one type. */
type Taker = (object: object, refuser: Refuser, depth: number) => readonly unknown[];

/** Makes an object from the arguments of its type; throws when they are not right. */
type Maker = (args: readonly unknown[]) => object;

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

let common: ReadonlyMap<object, readonly [name: string, take: Taker]> | undefined;
let rare: ReadonlyMap<object, readonly [name: string, take: Taker]> | undefined;
let makers: ReadonlyMap<string, Maker> | undefined;

/**
 * The form of an object.
 *
 * @param object An object that is no array, Map, Set, error or typed array.
 * @param depth How many objects it stands in.
 * @returns `undefined` when it is of no type that is known here.
 * @throws {CodecError} By `refuser`, when it has more to it than its form can say.
 */
export function formOf(object: object, refuser: Refuser, depth: number): Form | undefined {
  const prototype: object | null = Object.getPrototypeOf(object);
  if (prototype === null) return undefined;
  // Asking for the globals of the web and of Temporal costs a runtime time.
  const found = (common ??= commonTypes()).get(prototype) ?? (rare ??= rareTypes()).get(prototype);
  if (found === undefined) return undefined;
  const [name, take] = found;
  return { name, args: take(object, refuser, depth) };
}

/**
 * The object that a form says.
 *
 * @throws {TypeError | RangeError | SyntaxError} When there is no such type, or the arguments are not its own.
 */
export function objectOf(name: string, args: readonly unknown[]): object {
  const make = (makers ??= knownMakers()).get(name);
  if (make === undefined) throw new TypeError(`objects of type "${name}" are not known to this version`);
  return make(args);
}

function commonTypes(): Map<object, readonly [name: string, take: Taker]> {
  const found = new Map<object, readonly [name: string, take: Taker]>([
    [Date.prototype, ["Date", itself((object) => [Date.prototype.getTime.call(object)])]],
    [RegExp.prototype, ["RegExp", takeRegExp]],
    [ArrayBuffer.prototype, ["ArrayBuffer", takeArrayBuffer]],
    [DataView.prototype, ["DataView", itself((object) => [bytesOf(fixedView(object))])]],
  ]);
  for (const { prototype } of [Boolean, Number, String, BigInt, Symbol]) {
    found.set(prototype, ["Object", takeBoxed]);
  }
  return found;
}

function rareTypes(): Map<object, readonly [name: string, take: Taker]> {
  const found = new Map<object, readonly [name: string, take: Taker]>([
    [URL.prototype, ["URL", itself((object) => [(object as URL).href])]],
    [URLSearchParams.prototype, ["URLSearchParams", itself((object) => [String(object as URLSearchParams)])]],
    [Headers.prototype, ["Headers", itself(takeHeaders)]],
  ]);
  const { Buffer } = globalThis as { Buffer?: { readonly prototype: object } };
  if (Buffer !== undefined) {
    found.set(Buffer.prototype, [
      "Buffer",
      (object, refuser, depth) => [elementBytes(refuser, object, depth)],
    ]);
  }
  if (typeof Temporal !== "undefined") {
    for (const name of TEMPORAL_TEXTS) {
      found.set(Temporal[name].prototype, [`Temporal.${name}`, takeTemporalText(name)]);
    }
    // Field by field: a duration's text would turn 1500 milliseconds into a second and 500.
    found.set(Temporal.Duration.prototype, [
      "Temporal.Duration",
      itself((object) => DURATION_FIELDS.map((field) => (object as Temporal.Duration)[field])),
    ]);
    found.set(Temporal.ZonedDateTime.prototype, [
      "Temporal.ZonedDateTime",
      itself((object) => {
        const { epochNanoseconds, timeZoneId, calendarId } = object as Temporal.ZonedDateTime;
        return [epochNanoseconds, timeZoneId, calendarId];
      }),
    ]);
  }
  return found;
}

/** For objects that may have no properties of the user's beside what they are. */
function itself(take: (object: object) => readonly unknown[]): Taker {
  return (object, refuser, depth) => {
    onlyItself(refuser, object, depth);
    return take(object);
  };
}

function takeRegExp(object: object, refuser: Refuser, depth: number): readonly unknown[] {
  onlyItself(refuser, object, depth);
  const { source, flags } = object as RegExp;
  const lastIndex: unknown = (object as RegExp).lastIndex;
  if (typeof lastIndex !== "number") {
    refuser.refuse(depth, `its lastIndex is a ${typeof lastIndex}; a number would work`);
  }
  return [source, flags, lastIndex];
}

function takeArrayBuffer(object: object, refuser: Refuser, depth: number): readonly unknown[] {
  onlyItself(refuser, object, depth);
  if ((object as ArrayBuffer).resizable) {
    refuser.refuse(depth, "a resizable ArrayBuffer would come back fixed; a slice of it would work");
  }
  return [new Uint8Array(object as ArrayBuffer)];
}

function takeBoxed(object: object, refuser: Refuser, depth: number): readonly unknown[] {
  const primitive: unknown = (object as { valueOf(): unknown }).valueOf();
  const own = Object.keys(object).length;
  const isObject = typeof primitive === "object" && primitive !== null;
  if (own > (typeof primitive === "string" ? primitive.length : 0) || isObject) {
    refuser.refuse(
      depth,
      `its own properties on a ${className(object)} would be lost; an object that has both would work`,
    );
  }
  onlyStrings(refuser, object, depth);
  return [primitive];
}

function takeHeaders(object: object): readonly unknown[] {
  // Sorted by name, as the standard has it; Bun lists cookies last.
  return [...(object as Headers)].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
}

function takeTemporalText(name: typeof TEMPORAL_TEXTS[number]): Taker {
  return (object, refuser, depth) => {
    onlyItself(refuser, object, depth);
    const text = String(object);
    // A PlainMonthDay can hold a reference year that its text leaves out.
    const read = Temporal[name].from(text) as { equals(other: object): boolean };
    if (!read.equals(object)) {
      refuser.refuse(depth, `its text "${text}" does not say everything; Temporal.PlainDate would work`);
    }
    return [text];
  };
}

function knownMakers(): Map<string, Maker> {
  const found = new Map<string, Maker>([
    ["Date", ([ms]) => new Date(numberOf(ms))],
    ["RegExp", ([source, flags, lastIndex]) => {
      const expression = new RegExp(textOf(source), textOf(flags));
      expression.lastIndex = numberOf(lastIndex);
      return expression;
    }],
    ["ArrayBuffer", ([bytes]) => ownBuffer(bytes)],
    ["DataView", ([bytes]) => new DataView(ownBuffer(bytes))],
    ["Buffer", ([bytes]) => makeBuffer(bytes)],
    ["Object", ([primitive]) => makeBoxed(primitive)],
    ["URL", ([text]) => makeUrl(textOf(text))],
    ["URLSearchParams", ([text]) => new URLSearchParams(textOf(text))],
    ["Headers", makeHeaders],
  ]);
  if (typeof Temporal !== "undefined") addTemporal(found);
  return found;
}

function addTemporal(found: Map<string, Maker>): void {
  const { Instant, PlainDate, PlainDateTime, PlainMonthDay, PlainTime, PlainYearMonth } = Temporal;
  const texts = { Instant, PlainDate, PlainDateTime, PlainMonthDay, PlainTime, PlainYearMonth };
  for (const [name, type] of Object.entries(texts)) {
    found.set(`Temporal.${name}`, ([text]) => type.from(textOf(text)));
  }
  found.set("Temporal.Duration", (args) => {
    if (args.length !== DURATION_FIELDS.length) throw new TypeError("a duration has ten fields");
    return new Temporal.Duration(...args.map(numberOf));
  });
  found.set("Temporal.ZonedDateTime", ([nanoseconds, zone, calendar]) => {
    if (typeof nanoseconds !== "bigint") throw new TypeError("a bigint is missing");
    return new Temporal.ZonedDateTime(nanoseconds, textOf(zone), textOf(calendar));
  });
}

function textOf(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("a text is missing");
  return value;
}

function numberOf(value: unknown): number {
  if (typeof value !== "number") throw new TypeError("a number is missing");
  return value;
}

function ownBuffer(bytes: unknown): ArrayBuffer {
  if (!(bytes instanceof Uint8Array)) throw new TypeError("bytes are missing");
  return new Uint8Array(bytes).buffer;
}

function makeBuffer(bytes: unknown): object {
  const { Buffer } = globalThis as { Buffer?: { from(bytes: ArrayBuffer): Uint8Array } };
  if (Buffer === undefined) throw new TypeError("this runtime has no Buffer");
  return Buffer.from(ownBuffer(bytes));
}

function makeBoxed(primitive: unknown): object {
  if (primitive === null || primitive === undefined || typeof primitive === "object") {
    throw new TypeError("a boxed primitive is none");
  }
  return Object(primitive) as object;
}

function makeUrl(text: string): URL {
  const url = new URL(text);
  if (url.href !== text) throw new TypeError("a URL is not in its normal form");
  return url;
}

function makeHeaders(entries: readonly unknown[]): Headers {
  const headers = new Headers();
  for (const entry of entries) {
    if (!Array.isArray(entry) || entry.length !== 2) throw new TypeError("a header is not valid");
    headers.append(textOf(entry[0]), textOf(entry[1]));
  }
  return headers;
}
