/**
 * A kept result as bytes: what `f.fleche.open(...)` gives.
 *
 * @module
 */

import type { OpenedEntry } from "../cache/open_entry.ts";
import { storedResponse } from "../http/stored_response.ts";
import type { ByteRange, StoredBody } from "../storage/types.ts";
import type { StreamForm } from "../stream/types.ts";

/** Media types of what the codecs write, where there is one. */
const TYPES: Readonly<Record<string, string>> = {
  "cbor": "application/cbor",
  "cbor-sequence": "application/cbor-seq",
  "hdf5": "application/x-hdf5",
};

const ANY_TYPE = "application/octet-stream";

/**
 * A kept result as the bytes that it is stored in: those of a stream, a `Response` or a `Blob` themselves, those of the
 * storage's codec for any other value. Holds nothing open; every reading checks what it delivers, chunk by chunk.
 */
export class StoredResult {
  /** Key of the call. */
  readonly key: string;
  /** Digest of the result. */
  readonly digest: string;
  /** Size in bytes. */
  readonly size: number;
  /** Media type: that of the `Response` or `Blob`, else of the bytes. */
  readonly type: string;
  readonly #time: number;
  readonly #body: StoredBody;

  /** Made by `f.fleche.open(...)`. */
  constructor(key: string, { record, body }: OpenedEntry) {
    this.key = key;
    this.digest = record.result;
    this.size = body.size ?? record.size ?? 0;
    this.type = typeOf(record.form) ?? TYPES[record.codec] ?? ANY_TYPE;
    this.#time = record.time;
    this.#body = body;
  }

  /**
   * A new byte stream over the bytes, or over a part of them: then only the chunks that the part lies in are read. Over
   * `CompressedStorage` it decompresses from the last seek point before the part.
   *
   * @param range Which part, in bytes; `end` is the first byte that is no part of it.
   * @returns It errors with an `IntegrityError` when it comes to damage.
   * @throws {RangeError} When the range is none.
   */
  stream(range?: ByteRange): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#body.stream(range);
  }

  /**
   * All the bytes, in memory.
   *
   * @throws {IntegrityError} (rejects) When they are damaged.
   */
  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#body.bytes();
  }

  /**
   * A response that serves the bytes over HTTP: with an `ETag` (the digest), ranges, and conditional requests.
   *
   * @param request What is answered; without one, as to a GET without headers.
   */
  response(request?: Request): Response {
    const { digest, size, type } = this;
    return storedResponse(request, {
      size,
      type,
      etag: digest,
      lastModified: new Date(this.#time * 1000),
      stream: (range) => this.#body.stream(range),
    });
  }
}

function typeOf(form: StreamForm | undefined): string | undefined {
  if (form?.kind === "blob" || form?.kind === "file") return form.type || undefined;
  if (form?.kind !== "response") return undefined;
  return form.headers.find(([name]) => name === "content-type")?.[1];
}
