/**
 * What `SealedStorage` does, loaded when it is first used: entries into an inner storage sealed, and out of it checked.
 *
 * @module
 */

import { loadSha256 } from "../../digest/sha256.ts";
import { IntegrityError } from "../../errors.ts";
import type { BlockedEntry } from "../_block_reader.ts";
import { blockedBody } from "../_blocked_body.ts";
import { FramedDraft } from "../_framed_draft.ts";
import { framed, sourceOf } from "../_framed_stream.ts";
import { keptBody } from "../_kept_body.ts";
import { admitPut } from "../_source.ts";
import type {
  Draft,
  Leases,
  PutOptions,
  SmallReads,
  Storage,
  StorageEvent,
  StorageOptions,
  StoredBody,
  Upkeep,
} from "../types.ts";
import { Names } from "./_names.ts";
import { openEntry, type Opening, openShort, shortEntry } from "./_open_entry.ts";
import { Refusals } from "./_refusals.ts";
import { SealedFraming } from "./_sealed_framing.ts";
import { sealedKeys } from "./_sealed_names.ts";
import { sealedUpkeep } from "./_sealed_upkeep.ts";
import { type SealKey, sealKeys } from "./_seal_keys.ts";
import { EncryptedSealing, LONGEST_WHOLE, sealedWhole, type Sealing, SignedSealing } from "./_sealing.ts";
import type { Refusal } from "./_trailer.ts";

/** What is wrong with a chunk that is not as it was put. */
const FAULT = "the sealed data was changed";

/** The codec of storages that name none. */
const UNNAMED_CODEC = "cbor";

/** How often an entry is asked for that cannot be used: it may have been replaced while it was read. */
const MOST_TRIES = 3;

/** Options of {@linkcode SealedPipe}. */
export interface SealedPipeOptions {
  /** What keeps the sealed entries. */
  readonly inner: Storage;
  /** The secrets, as hexadecimal text. */
  readonly keys: readonly string[];
  /** Whether entries are encrypted. */
  readonly isEncrypted: boolean;
}

/** Entries of one inner storage, sealed; see `SealedStorage`, which stands in front of it. */
export class SealedPipe implements Storage {
  readonly #inner: Storage;
  readonly #isEncrypted: boolean;
  readonly #keys: readonly SealKey[];
  readonly #names: Names;
  readonly #refusals = new Refusals();
  readonly small?: SmallReads;
  readonly leases?: Leases;
  readonly upkeep?: Upkeep;
  readonly draft?: () => Promise<Draft>;

  /** @param options What is sealed, with what, and into what. */
  constructor({ inner, keys, isEncrypted }: SealedPipeOptions) {
    this.#inner = inner;
    this.#isEncrypted = isEncrypted;
    this.#keys = sealKeys(keys, inner.codec?.name ?? UNNAMED_CODEC);
    this.#names = new Names(this.#keys, { isMasked: isEncrypted });
    const { small, leases, upkeep } = inner;
    if (small !== undefined && !isEncrypted) this.small = { get: (key) => this.#getSmall(small, key) };
    if (leases !== undefined) {
      this.leases = {
        take: (key) => leases.take(this.#names.first(key)),
        wait: (key, options) => leases.wait(this.#names.first(key), options),
      };
    }
    const parts = { inner, keys: this.#keys, names: this.#names, isEncrypted };
    if (upkeep !== undefined) this.upkeep = sealedUpkeep(upkeep, parts);
    if (inner.draft !== undefined) this.draft = () => this.#draft();
  }

  /** Seals a body into the inner storage. */
  async put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void> {
    admitPut(key, body, options?.signal);
    const name = this.#names.first(key);
    const isShort = body instanceof Uint8Array && body.length <= LONGEST_WHOLE;
    // Nobody changes them meanwhile: these are its own.
    const source = isShort ? new Uint8Array(body) : sourceOf(body);
    const sealing = await this.#begin();
    const entry = source instanceof Uint8Array
      ? await sealedWhole(sealing, { key, body: source })
      : framed(source, { framing: new SealedFraming(sealing), key });
    await this.#inner.put(name, entry, this.#innerOptions(options));
  }

  /** Finds a body: a signed entry by its end and its first chunk. */
  async get(key: string, options?: StorageOptions): Promise<StoredBody | undefined> {
    for (const { name, keys } of this.#names.all(key)) {
      const body = await this.#bodyAt(name, { key, keys, isEncrypted: this.#isEncrypted }, options);
      if (body !== undefined) return body;
    }
    return undefined;
  }

  /** Asks the inner storage. */
  async has(key: string): Promise<boolean> {
    for (const { name } of this.#names.all(key)) {
      if (await this.#inner.has(name)) return true;
    }
    return false;
  }

  /** Removes from the inner storage, whichever key it was sealed with. */
  async delete(key: string): Promise<boolean> {
    let isDeleted = false;
    for (const { name } of this.#names.all(key)) {
      if (await this.#inner.delete(name)) isDeleted = true;
    }
    return isDeleted;
  }

  /** Lists the inner storage; of encrypted entries each is opened for that. */
  keys(options?: StorageOptions & { readonly prefix?: string }): AsyncIterable<string> {
    if (!this.#isEncrypted) return this.#inner.keys(options);
    return sealedKeys({ inner: this.#inner, keys: this.#keys, names: this.#names }, options);
  }

  /** Tells of what the inner storage tells, and of entries that cannot be used. */
  watch(listener: (event: StorageEvent) => void): void {
    this.#refusals.watch(listener);
    this.#inner.watch?.((event) => listener({ ...event, key: this.#names.known(event.key) }));
  }

  /** Disposes of the inner storage. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]();
  }

  async #begin(): Promise<Sealing> {
    await loadSha256();
    const [first] = this.#keys;
    if (first === undefined) throw new TypeError("Cannot seal without a key");
    return this.#isEncrypted ? await EncryptedSealing.begin(first) : new SignedSealing(first);
  }

  /** An index would stand beside the encrypted record for everybody to read. */
  #innerOptions(options: PutOptions | undefined): PutOptions | undefined {
    if (!this.#isEncrypted || options?.index === undefined) return options;
    return options.signal === undefined ? {} : { signal: options.signal };
  }

  async #draft(): Promise<Draft> {
    const sealing = await this.#begin();
    const draft = await this.#inner.draft?.();
    if (draft === undefined) throw new TypeError("Cannot begin a draft: the inner storage has none");
    const finish = (key: string, options?: PutOptions): Promise<void> =>
      draft.finish(this.#names.first(key), this.#innerOptions(options));
    return new FramedDraft(draft, { framing: new SealedFraming(sealing), fault: FAULT, finish });
  }

  async #bodyAt(
    name: string,
    opening: Opening,
    options: StorageOptions | undefined,
  ): Promise<StoredBody | undefined> {
    let refusal: Refusal | undefined;
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      const stored = await this.#inner.get(name, options);
      if (stored === undefined) return undefined;
      const found = await this.#opened(stored, opening);
      if (found instanceof Uint8Array) return keptBody([found]);
      if (typeof found !== "string") {
        const { key } = opening;
        return blockedBody({ key, fault: FAULT, renew: () => this.#renew(name, opening) }, found);
      }
      refusal = found === "damaged" ? undefined : found;
      // A short one was read in one go: it is what it is.
      if (stored.size !== undefined && stored.size <= LONGEST_WHOLE) break;
    }
    if (refusal !== undefined) this.#refusals.tell(opening.key, refusal);
    return undefined;
  }

  async #opened(
    stored: StoredBody,
    opening: Opening,
  ): Promise<Uint8Array<ArrayBuffer> | BlockedEntry | Refusal | "damaged"> {
    try {
      return await openEntry(stored, opening);
    } catch (error) {
      // The inner storage has found it to be, and has said so.
      if (error instanceof IntegrityError) return "damaged";
      throw error;
    }
  }

  /** The entry that has taken the place of another. */
  async #renew(name: string, opening: Opening): Promise<BlockedEntry | undefined> {
    const stored = await this.#inner.get(name);
    const found = stored && await this.#opened(stored, opening);
    if (found instanceof Uint8Array) return shortEntry(found);
    return typeof found === "string" ? undefined : found;
  }

  #getSmall(inner: SmallReads, key: string): Uint8Array<ArrayBuffer> | "absent" | "large" {
    const entry = inner.get(key);
    if (typeof entry === "string") return entry;
    const body = openShort(entry, { key, keys: this.#keys, isEncrypted: false });
    if (typeof body !== "string" || body === "large") return body;
    this.#refusals.tell(key, body);
    return "absent";
  }
}
