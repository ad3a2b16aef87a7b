/**
 * SHA-256, the one hash function of the module: at once and incrementally, of digests and of checksums. What the bytes
 * mean is not known here.
 *
 * @module
 */
import { nodeEngine } from "./_sha256_node.ts";
import { loadWasmEngine } from "./_sha256_wasm.ts";

/** An open hash: bytes in, then the digest out. */
export interface Sha256 {
  /**
   * Takes in more bytes. They are read before it returns.
   *
   * @throws {Error} When the digest was already taken.
   */
  update(bytes: Uint8Array): void;
  /** The digest as 64 lower-case hexadecimal digits; the hash takes no more bytes then. */
  hex(): string;
  /** The digest as 32 bytes; the hash takes no more bytes then. */
  bytes(): Uint8Array<ArrayBuffer>;
}

/** An implementation of SHA-256. */
export interface Sha256Engine {
  /** The digest of some bytes, in hexadecimal. */
  hex(bytes: Uint8Array): string;
  /** Opens a hash. */
  create(): Sha256;
}

let engine: Sha256Engine | undefined;
let loading: Promise<void> | undefined;

/**
 * Makes SHA-256 ready. Where the runtime has `node:crypto` it is ready at once and `undefined` is returned; elsewhere
 * hash-wasm is loaded, once.
 *
 * @returns What to await before {@linkcode sha256Hex} and {@linkcode createSha256} may be called, if anything.
 */
export function loadSha256(): undefined | Promise<void> {
  if (engine !== undefined) return undefined;
  engine = nodeEngine();
  if (engine !== undefined) return undefined;
  return loading ??= loadWasmEngine().then((loaded) => {
    engine = loaded;
  });
}

/**
 * The SHA-256 of some bytes, as 64 lower-case hexadecimal digits.
 *
 * @throws {TypeError} When {@linkcode loadSha256} returned a promise that was not awaited.
 */
export function sha256Hex(bytes: Uint8Array): string {
  return (engine ?? ready()).hex(bytes);
}

/**
 * Opens a hash that takes its bytes piece by piece.
 *
 * @throws {TypeError} When {@linkcode loadSha256} returned a promise that was not awaited.
 */
export function createSha256(): Sha256 {
  return (engine ?? ready()).create();
}

function ready(): Sha256Engine {
  void loadSha256();
  if (engine === undefined) {
    throw new TypeError("Cannot hash: await loadSha256() first, this runtime has no node:crypto");
  }
  return engine;
}
