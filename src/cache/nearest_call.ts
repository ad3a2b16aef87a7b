/**
 * Which stored call is nearest to one, and in what they differ: why a call that should have been kept is not found. Reads the
 * calls storage from one end to the other, one record after the other.
 *
 * @module
 */

import type { Call, CallRecord } from "../call/record.ts";
import { cborCodec } from "../codec/cbor/cbor_codec.ts";
import { walk } from "./_walk.ts";
import type { Cache } from "./cache.ts";
import { lookupRecord } from "./lookup.ts";

/** An argument as a key knows it. */
export interface KeyedArgument {
  /** Digest of its value. */
  readonly digest: string;
  /** Its value, where it is known; of a stored call, where it was small enough to stand in the record. */
  readonly value?: unknown;
}

/** In what the key of a call differs from that of a stored one. `undefined` stands for what one of them has not. */
export type KeyDifference =
  | {
    /** Tells them apart. */
    readonly part: "argument";
    /** Name of the parameter. */
    readonly name: string;
    /** In the call. */
    readonly given: KeyedArgument | undefined;
    /** In the stored one. */
    readonly stored: KeyedArgument | undefined;
  }
  | {
    /** Tells them apart; `"code"` is the digest of the function's source. */
    readonly part: "version" | "module" | "code";
    /** In the call. */
    readonly given: string | number | undefined;
    /** In the stored one. */
    readonly stored: string | number | undefined;
  }
  | {
    /** Tells them apart: the parameters are the same ones in another order. */
    readonly part: "order";
    /** In the call. */
    readonly given: readonly string[];
    /** In the stored one. */
    readonly stored: readonly string[];
  };

/** A stored call that is near. */
export interface NearestCall {
  /** Its key. */
  readonly key: string;
  /** When its record was made: seconds since the epoch. */
  readonly time: number;
  /** In what the keys differ: version, module, code, then arguments in the order of the parameters. */
  readonly differs: readonly KeyDifference[];
}

/** Options of {@linkcode nearestCall}. */
export interface NearestCallOptions {
  /** Ends the search. */
  readonly signal?: AbortSignal | undefined;
  /** The arguments of the call itself, by name, where they are known. */
  readonly values?: ReadonlyMap<string, unknown>;
}

/**
 * The stored call of the same function name whose key differs least; the newest of several. Records that cannot be read are
 * passed over. Time grows with the number of records, memory does not.
 *
 * @param wanted The call, or the key of a stored one, which is then compared with all others.
 * @returns `undefined` when no other call of that name is kept, or none under the key that was given.
 * @throws (rejects) What listing the storage fails with; the signal's reason.
 */
export async function nearestCall(
  cache: Cache,
  wanted: Call | string,
  { signal, values = new Map() }: NearestCallOptions = {},
): Promise<NearestCall | undefined> {
  const call = typeof wanted === "string" ? await storedCall(cache, wanted) : wanted;
  if (call === undefined) return undefined;
  let nearest: { readonly key: string; readonly record: CallRecord } | undefined;
  let fewest = Infinity;
  for await (const { key } of walk(cache.calls, signal === undefined ? {} : { signal })) {
    if (key === call.key) continue;
    const record = await lookupRecord(cache, key);
    if (record?.name !== call.name) continue;
    const count = compare(call, record).length;
    if (count > fewest || count === fewest && record.time <= (nearest?.record.time ?? 0)) continue;
    nearest = { key, record };
    fewest = count;
  }
  if (nearest === undefined) return undefined;
  const differs = [];
  for (const difference of compare(call, nearest.record)) {
    differs.push(
      difference.part === "argument"
        ? await withValues(difference, nearest.record.inline, values)
        : difference,
    );
  }
  return { key: nearest.key, time: nearest.record.time, differs };
}

async function storedCall(cache: Cache, key: string): Promise<Call | undefined> {
  const record = await lookupRecord(cache, key);
  return record === undefined ? undefined : { key, ...record };
}

function compare(call: Call, record: CallRecord): KeyDifference[] {
  const found: KeyDifference[] = [];
  for (const part of ["version", "module", "code"] as const) {
    if (call[part] !== record[part]) found.push({ part, given: call[part], stored: record[part] });
  }
  const [given, stored] = [Object.keys(call.arguments), Object.keys(record.arguments)];
  for (const name of new Set([...given, ...stored])) {
    const [here, there] = [own(call.arguments, name), own(record.arguments, name)];
    if (here === there) continue;
    found.push({ part: "argument", name, given: argumentOf(here), stored: argumentOf(there) });
  }
  const isSameSet = given.length === stored.length &&
    given.every((name) => Object.hasOwn(record.arguments, name));
  if (isSameSet && given.some((name, at) => name !== stored[at])) {
    found.push({ part: "order", given, stored });
  }
  return found;
}

/** Parameters may be called as what every object has. */
function own<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function argumentOf(digest: string | undefined): KeyedArgument | undefined {
  return digest === undefined ? undefined : { digest };
}

async function withValues(
  difference: KeyDifference & { readonly part: "argument" },
  inline: CallRecord["inline"],
  values: ReadonlyMap<string, unknown>,
): Promise<KeyDifference> {
  const { name, given, stored } = difference;
  return {
    ...difference,
    given: given !== undefined && values.has(name) ? { ...given, value: values.get(name) } : given,
    stored: stored === undefined ? undefined : { ...stored, ...await decoded(own(inline, name)) },
  };
}

async function decoded(bytes: Uint8Array | undefined): Promise<{ readonly value?: unknown }> {
  if (bytes === undefined) return {};
  try {
    return { value: await cborCodec.decode(new Uint8Array(bytes)) };
  } catch {
    return {};
  }
}
