/**
 * Binds arguments to parameters by name, so that calls which the function cannot tell apart have equal lists, and
 * calls that it can tell apart have not. This is on the way of every hit: the plan is made once per function.
 *
 * @module
 */

import { parameterName, type Signature } from "./signature.ts";

/** Name and value of every argument that is part of a call, in the order of the parameters; no name comes twice. */
export type BoundArguments = readonly (readonly [name: string, value: unknown])[];

/** Which parameters are treated apart. */
export interface BinderOptions {
  /** Parameters left out of the call, by name or by position from 0. */
  readonly ignore?: readonly (string | number)[] | undefined;
  /** Parameters that must be passed, by name or by position from 0: a default is not enough. */
  readonly require?: readonly (string | number)[] | undefined;
}

/** Binds the arguments of one function. */
export interface Binder {
  /** The bound arguments of a call. */
  bind(args: readonly unknown[]): BoundArguments;
  /** The required parameters that a call does not pass; empty where all are there. */
  missing(args: readonly unknown[]): readonly string[];
}

const NONE: readonly string[] = Object.freeze([]);

/**
 * Makes the binder of a function.
 *
 * - A constant default stands where the argument is `undefined` or absent; trailing `undefined` equals absent, in the
 *   middle it stays.
 * - Arguments beyond the parameters are dropped, since the function cannot see them.
 * - A rest parameter is one entry: the array exactly as passed.
 * - Where the function says `arguments`, or cannot be read, every passed argument is kept as it is and nothing is
 *   added or trimmed: a false hit is worse than a miss.
 * - An `AbortSignal` is left out wherever it stands; between rest arguments it leaves a hole.
 *
 * @param signature The function's signature.
 * @param options Which parameters to leave out, and which must be there.
 * @returns The binder.
 * @throws {TypeError} When `options` names a parameter that the function has not.
 *
 * @example Calls that mean the same
 * ```ts ignore
 * const signature = await readSignature((w: number, h = 2) => w * h);
 * const { bind } = createBinder(signature);
 * bind([1]); // [["w", 1], ["h", 2]]
 * bind([1, undefined]); // the same
 * bind([1, 2, "unseen"]); // the same
 * ```
 */
export function createBinder(signature: Signature, options: BinderOptions = {}): Binder {
  const ignored = positionsOf(signature, "ignore", options.ignore);
  const required = positionsOf(signature, "require", options.require);
  const exact = !signature.readable || signature.usesArguments;
  return {
    bind: exact ? exactBind(signature, new Set(ignored)) : namedBind(signature, new Set(ignored)),
    missing: (args) => required.length === 0 ? NONE : missingOf(signature, required, args),
  };
}

/** For functions that see their parameters only. */
function namedBind(signature: Signature, ignored: ReadonlySet<number>): Binder["bind"] {
  const { names, rest } = layout(signature);
  const defaults = signature.parameters.map(({ constantDefault }) => constantDefault?.value);
  const defaulted = defaults.some((value) => value !== undefined);
  const left = names.map((_, position) => ignored.has(position));
  const restName = rest < 0 || ignored.has(rest) ? undefined : nameAt(signature, rest);

  return (args) => {
    let end = defaulted || args.length > names.length ? names.length : args.length;
    // Trailing: what is undefined after defaults, or not part of the call at all.
    for (; end > 0; end--) {
      const passed = args[end - 1];
      const value = passed === undefined ? defaults[end - 1] : passed;
      if (value !== undefined && !left[end - 1] && !isAbortSignal(value)) break;
    }
    const bound: [string, unknown][] = [];
    for (let position = 0; position < end; position++) {
      if (left[position]) continue;
      const passed = args[position];
      const value = passed === undefined ? defaults[position] : passed;
      if (!isAbortSignal(value)) bound.push([names[position] as string, value]);
    }
    if (restName !== undefined) bound.push([restName, withoutSignals(args.slice(rest))]);
    return bound;
  };
}

/** For functions that may see every argument and how many there are. */
function exactBind(signature: Signature, ignored: ReadonlySet<number>): Binder["bind"] {
  const { names, rest } = layout(signature);

  return (args) => {
    const bound: [string, unknown][] = [];
    const end = rest < 0 || args.length < rest ? args.length : rest;
    for (let position = 0; position < end; position++) {
      const value = args[position];
      if (ignored.has(position) || isAbortSignal(value)) continue;
      bound.push([names[position] ?? positionName(signature, position), value]);
    }
    if (rest >= 0 && !ignored.has(rest)) {
      bound.push([nameAt(signature, rest), withoutSignals(args.slice(rest))]);
    }
    return bound;
  };
}

/** Names of the parameters before the rest parameter, and the position of that one; -1 where there is none. */
function layout({ parameters }: Signature): { names: readonly string[]; rest: number } {
  const names = parameters.filter(({ rest }) => !rest).map(({ name }) => name);
  return { names, rest: parameters.findIndex(({ rest }) => rest) };
}

function nameAt(signature: Signature, position: number): string {
  return signature.parameters[position]?.name ?? positionName(signature, position);
}

/** Beside names a position is `#2`, which keeps its place among the keys of an object; alone it is `2`. */
function positionName({ readable }: Signature, position: number): string {
  return readable ? `#${position}` : String(position);
}

function isAbortSignal(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  try {
    return value instanceof AbortSignal;
  } catch {
    // A revoked proxy; the digest refuses it by name.
    return false;
  }
}

/** Signals at the end are gone; one before other arguments leaves a hole, so that these keep their places. */
function withoutSignals(values: unknown[]): unknown[] {
  if (!values.some(isAbortSignal)) return values;
  for (const [position, value] of values.entries()) if (isAbortSignal(value)) delete values[position];
  let end = values.length;
  while (end > 0 && !(end - 1 in values)) end--;
  values.length = end;
  return values;
}

function missingOf(
  signature: Signature,
  required: readonly number[],
  args: readonly unknown[],
): readonly string[] {
  const missing = required.filter((position) => args[position] === undefined);
  return missing.length === 0 ? NONE : missing.map((position) => nameAt(signature, position));
}

/** Positions of the parameters that an option names, in order and once each. */
function positionsOf(
  signature: Signature,
  option: "ignore" | "require",
  wanted: readonly (string | number)[] = [],
): number[] {
  const positions = new Set<number>();
  for (const one of wanted) {
    const position = typeof one === "number" ? one : positionOf(signature, one);
    if (position === undefined || !hasPosition(signature, position)) {
      throw new TypeError(`Cannot ${option} parameter ${quote(one)}: ${parametersSentence(signature)}`);
    }
    positions.add(position);
  }
  return [...positions].sort((a, b) => a - b);
}

function positionOf({ parameters }: Signature, name: string): number | undefined {
  for (const candidate of [name, parameterName(name)]) {
    const position = parameters.findIndex((parameter) => parameter.name === candidate);
    if (position >= 0) return position;
  }
  return undefined;
}

function hasPosition({ parameters, readable, usesArguments }: Signature, position: number): boolean {
  if (!Number.isInteger(position) || position < 0) return false;
  if (position < parameters.length) return true;
  return !readable || usesArguments && !parameters.some(({ rest }) => rest);
}

function quote(one: string | number): string {
  return typeof one === "number" ? String(one) : `"${one}"`;
}

function parametersSentence({ readable, parameters }: Signature): string {
  if (!readable) return "the function's source cannot be read, give its position from 0";
  if (parameters.length === 0) return "the function has no parameters";
  const names = parameters.map(({ name, rest }) => `"${rest ? "..." : ""}${name}"`);
  return `the function's parameters are ${names.join(", ")}`;
}
