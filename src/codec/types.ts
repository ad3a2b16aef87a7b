/**
 * The codec contract: value ⇄ bytes. A codec knows nothing of keys, files or checks; a storage names the codec that
 * its bytes are written in.
 *
 * @module
 */

/** A result that is there at once or later: small values take the synchronous way. */
export type MaybePromise<T> = T | Promise<T>;

/** What a codec writes: bytes at once for what is small, a stream for what should not be held whole. */
export type Encoded = Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>;

/**
 * Value ⇄ bytes.
 *
 * `encode` and `decode` may answer synchronously, and do so once whatever they load lazily is there; the caller awaits
 * only promises. Decoding never executes what was stored and never yields a promise as a value.
 */
export interface Codec {
  /** Short name of the format, as `cbor`; part of what a call record says about its value. */
  readonly name: string;
  /**
   * Writes a value.
   *
   * @throws {CodecError} (or rejects with it) code `unencodable`, naming the path inside the value, when it cannot.
   */
  encode(value: unknown): MaybePromise<Encoded>;
  /**
   * Reads what `encode` wrote, in this version or an older one.
   *
   * @throws {CodecError} (or rejects with it) code `malformed` when the bytes are not of this format.
   */
  decode(body: Uint8Array | ReadableStream<Uint8Array>): MaybePromise<unknown>;
  /**
   * What is kept in the place of a function or an instance that has no digest of its own: with it, a result that holds one
   * has a digest all the same, which is the digest of what is kept.
   *
   * @returns `undefined` for what cannot be kept either.
   */
  readonly standIn?: (value: object) => object | undefined;
}
