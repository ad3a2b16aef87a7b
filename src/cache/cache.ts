/**
 * A cache: a values storage and a calls storage, and the two trips through them: from a key to a result, and from a
 * result to a value and its record. What runs a function, warns or throws stands outside.
 *
 * @module
 */

import {
  type CallRecord,
  peekResult,
  recordFromData,
  recordIndex,
  recordToData,
  resultOf,
} from "../call/record.ts";
import type { Call } from "../call/record.ts";
import { cborCodec } from "../codec/cbor/cbor_codec.ts";
import type { Codec, Encoded, MaybePromise } from "../codec/types.ts";
import { digestNow } from "../digest/digest.ts";
import type { JsonObject } from "../metadata/types.ts";
import type { Storage } from "../storage/types.ts";
import { VoidStorage } from "../storage/void_storage.ts";
import { andThen, type Decode, type Lookup, readValue } from "./lookup.ts";

/** What a cache is made of. */
export interface CacheParts {
  /** Keeps results, by their digest. */
  readonly values: Storage;
  /** Keeps call records, by the key of the call. */
  readonly calls: Storage;
  /** The name of its section, for messages. @default "(unnamed)" */
  readonly name?: string;
}

/**
 * A values storage and a calls storage.
 *
 * Made by `openCache(settings)` or found by `cache()`; disposing closes both storages.
 *
 * @example A cache in memory, made by hand
 * ```ts
 * import { Cache, cache, fleche, Memory } from "@fleche/fleche";
 *
 * const mine = new Cache({ values: new Memory(), calls: new Memory() });
 * const double = fleche((x: number) => 2 * x, { name: "double" });
 * await cache(mine, () => double(21)); // 42, computed and kept
 * ```
 */
export class Cache implements AsyncDisposable {
  /** The name of its section, for messages. */
  readonly name: string;
  /** Keeps results, by their digest. */
  readonly values: Storage;
  /** Keeps call records, by the key of the call. */
  readonly calls: Storage;
  /** Whether nothing is ever kept here: calls then run as if they were not cached. */
  readonly keepsNothing: boolean;
  readonly #valueCodec: Codec;
  readonly #callCodec: Codec;
  readonly #decodeValue: Decode;
  readonly #decodeRecord: Decode;
  /** Reads as much of a record as a hit needs. */
  readonly #decodeHead: Decode;
  readonly #claims = new Map<string, string>();

  /**
   * Makes a cache of two storages, which are then its own to close.
   *
   * @param parts The two storages, and a name for messages.
   */
  constructor(parts: CacheParts) {
    this.name = parts.name ?? "(unnamed)";
    this.values = parts.values;
    this.calls = parts.calls;
    this.keepsNothing = parts.values instanceof VoidStorage;
    this.#valueCodec = parts.values.codec ?? cborCodec;
    this.#callCodec = parts.calls.codec ?? cborCodec;
    this.#decodeValue = (body) => this.#valueCodec.decode(body);
    this.#decodeRecord = (body) => this.#callCodec.decode(body);
    const peeks = this.#callCodec === cborCodec;
    this.#decodeHead = (body) =>
      (peeks && body instanceof Uint8Array ? peekResult(body) : undefined) ?? this.#callCodec.decode(body);
  }

  /**
   * The result kept for a call. Never throws: what cannot be read is a miss with its reason.
   *
   * @param key The call's key.
   * @returns At once where both storages have a short way and the entries are small.
   */
  lookup(key: string): MaybePromise<Lookup> {
    return andThen(readValue(this.calls, this.#decodeHead, key), (record) => {
      if (!record.hit) return record;
      const head = resultOf(record.value);
      if (typeof head === "string") return { hit: false, reason: head };
      return readValue(this.values, this.#decodeValue, head.result);
    });
  }

  /**
   * Whether a call's record and its value are there; neither is read to its end.
   *
   * @param key The call's key.
   */
  async contains(key: string): Promise<boolean> {
    const record = await this.record(key);
    return record !== undefined && await this.values.has(record.result);
  }

  /**
   * The record of a call; `undefined` when there is none that this version can read.
   *
   * @param key The call's key.
   */
  async record(key: string): Promise<CallRecord | undefined> {
    const found = await readValue(this.calls, this.#decodeRecord, key);
    if (!found.hit) return undefined;
    const record = recordFromData(found.value);
    return typeof record === "string" ? undefined : record;
  }

  /**
   * Keeps a result: the value first, then, and only then, the record that names it.
   *
   * @param call The call that gave it.
   * @param value The result.
   * @param extra What else the record says.
   * @throws {CodecError} (rejects) When the values' codec cannot write the result.
   * @throws {DigestError} (rejects) When the result has no faithful digest.
   */
  async keep(
    call: Call,
    value: unknown,
    extra: {
      readonly inline: Readonly<Record<string, Uint8Array>>;
      readonly metadata: Readonly<Record<string, JsonObject>>;
    },
  ): Promise<void> {
    // Begun together: whoever else holds the value may change it at the next await.
    const [body, result] = await Promise.all([this.#valueCodec.encode(value), digestNow(value)]);
    await this.values.put(result, body);
    const { key: _, ...parts } = call;
    const record: CallRecord = {
      ...parts,
      ...extra,
      result,
      size: sizeOf(body),
      codec: this.#valueCodec.name,
      time: Date.now() / 1000,
    };
    await this.calls.put(call.key, await this.#callCodec.encode(recordToData(record)), {
      index: recordIndex(record),
    });
  }

  /**
   * Lets a function take an identity for itself in this process.
   *
   * @param identity What its keys are derived from.
   * @param source The function's text.
   * @returns `false` when a function of another text has taken it already: the two would share results.
   */
  claim(identity: string, source: string): boolean {
    const claimed = this.#claims.get(identity);
    if (claimed === undefined) this.#claims.set(identity, source);
    return claimed === undefined || claimed === source;
  }

  /** Closes both storages. Disposing twice is harmless. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.calls[Symbol.asyncDispose]();
    await this.values[Symbol.asyncDispose]();
  }
}

function sizeOf(body: Encoded): number | undefined {
  return body instanceof Uint8Array ? body.length : undefined;
}
