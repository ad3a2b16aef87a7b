/**
 * A draft that fails on command: what {@linkcode FaultyStorage} begins.
 *
 * @module
 */

import type { Draft, PutOptions } from "../storage/types.ts";

/** Passes everything on to a draft, and fails where it is told to. */
export class FaultyDraft implements Draft {
  readonly #inner: Draft;
  readonly #error: unknown;
  readonly #afterBytes: number;
  readonly #fails: (operation: "write" | "finish") => boolean;
  #isBroken = false;

  /**
   * @param inner The draft that does the work.
   * @param options What it fails with, and how many bytes of a failing `write` pass first.
   * @param fails Counts an operation; whether it is the one that fails.
   */
  constructor(
    inner: Draft,
    options: { readonly error: unknown; readonly afterBytes?: number },
    fails: (operation: "write" | "finish") => boolean,
  ) {
    this.#inner = inner;
    this.#error = options.error;
    this.#afterBytes = options.afterBytes ?? 0;
    this.#fails = fails;
  }

  get size(): number {
    return this.#inner.size;
  }

  write(chunk: Uint8Array): void | Promise<void> {
    if (this.#isBroken) throw this.#error;
    if (!this.#fails("write")) return this.#inner.write(chunk);
    this.#isBroken = true;
    return this.#writeSome(chunk.subarray(0, this.#afterBytes));
  }

  async #writeSome(part: Uint8Array): Promise<never> {
    await this.#inner.write(part);
    throw this.#error;
  }

  read(position: number): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
    return this.#inner.read(position);
  }

  digest(): string {
    return this.#inner.digest();
  }

  async finish(key: string, options?: PutOptions): Promise<void> {
    if (!this.#isBroken && !this.#fails("finish")) return await this.#inner.finish(key, options);
    throw this.#error;
  }

  abandon(): Promise<void> {
    return this.#inner.abandon();
  }
}
