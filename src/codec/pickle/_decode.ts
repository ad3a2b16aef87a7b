/**
 * From bytes to a value: at once, or as a stream brings them.
 *
 * @module
 */

import { CodecError } from "../../errors.ts";
import type { MaybePromise } from "../types.ts";
import { ByteSource } from "./_byte_source.ts";
import { type LargeBytes, Unpickler } from "./_unpickler.ts";

/** What is set aside for a declared length is at most so many times what has come of it. */
const AHEAD = 8;

/**
 * Makes a decoder.
 *
 * @param options `trustCode`: whether functions are made of their source, which runs whatever it says.
 */
export function decoder(
  options: { readonly trustCode?: boolean } = {},
): (body: Uint8Array | ReadableStream<Uint8Array>) => MaybePromise<unknown> {
  const { trustCode = false } = options;
  const machineOf = (source: ByteSource): Unpickler =>
    new Unpickler(source, { trustCode, hidden: new WeakMap<object, ReadonlySet<unknown>>() });
  return (body) => {
    if (!(body instanceof Uint8Array)) {
      return decodeStream(machineOf(new ByteSource(new Uint8Array(), false)), body);
    }
    const machine = machineOf(new ByteSource(body, true));
    machine.run();
    return resultOf(machine);
  };
}

function resultOf({ in: source, result, frameEnd }: Unpickler): unknown {
  if (source.left > 0) source.fail("bytes follow the value");
  // Whoever awaits it would get what its `then` gives, and run code of the file's where code is trusted.
  if (typeof (result as { then?: unknown } | null | undefined)?.then === "function") {
    source.fail("the value has a function named then, so it cannot be awaited");
  }
  if (frameEnd > source.offsetOf(source.position)) source.fail("its last frame is longer than what is left");
  return result;
}

async function decodeStream(machine: Unpickler, body: ReadableStream<Uint8Array>): Promise<unknown> {
  const { in: source } = machine;
  let chunks: Uint8Array[] = [];
  let size = 0;
  let large: Collector | undefined;
  let largeStart = 0;
  let isDone = false;

  /** Goes on for as long as what has come suffices. */
  function advance(): void {
    try {
      goOn();
    } catch (error) {
      if (error instanceof CodecError) throw error;
      // Such as a text that is longer than an engine holds.
      const reason = error instanceof Error ? error.message : String(error);
      source.fail(`what stands there cannot be restored (${reason})`, source.position, error);
    }
  }

  function goOn(): void {
    for (;;) {
      if (large !== undefined) {
        for (const chunk of chunks) large.add(chunk);
        chunks = [];
        size = 0;
        if (!large.isFull) return;
        if (large.rest.length > 0) chunks = [large.rest];
        size = large.rest.length;
        source.passed(large.size - (source.position - largeStart));
        large.finish();
        large = undefined;
      }
      if (isDone || (!source.isWhole && source.left + size < source.wanted)) return;
      source.feed(chunks, size);
      chunks = [];
      size = 0;
      isDone = machine.run();
      if (isDone && source.left > 0) source.fail("bytes follow the value");
      if (machine.large === undefined) return;
      large = new Collector(machine.large);
      largeStart = source.position;
      large.add(source.content(source.left));
      machine.large = undefined;
    }
  }

  for await (const chunk of body) {
    if (isDone && chunk.length > 0) source.fail("bytes follow the value");
    chunks.push(chunk);
    size += chunk.length;
    advance();
  }
  source.isWhole = true;
  if (large !== undefined) source.fail(`it ends where ${large.size} bytes should stand`, largeStart);
  advance();
  source.feed(chunks, size);
  return resultOf(machine);
}

/** Gathers a long run of bytes in the memory that is handed on. */
class Collector {
  readonly #large: LargeBytes;
  readonly #early: Uint8Array[] = [];
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #have = 0;
  /** What came beyond the run. */
  rest: Uint8Array = new Uint8Array();

  constructor(large: LargeBytes) {
    this.#large = large;
  }

  get size(): number {
    return this.#large.size;
  }

  get isFull(): boolean {
    return this.#have === this.#large.size;
  }

  add(chunk: Uint8Array): void {
    const part = chunk.subarray(0, this.#large.size - this.#have);
    if (part.length < chunk.length) {
      const rest = new Uint8Array(this.rest.length + chunk.length - part.length);
      rest.set(this.rest);
      rest.set(chunk.subarray(part.length), this.rest.length);
      this.rest = rest;
    }
    if (this.#bytes === undefined && (this.#have + part.length) * AHEAD < this.#large.size) {
      this.#early.push(part.slice());
    } else {
      this.#allocated().set(part, this.#have);
    }
    this.#have += part.length;
  }

  /** Hands the run on. */
  finish(): void {
    this.#large.take(this.#allocated());
  }

  #allocated(): Uint8Array<ArrayBuffer> {
    if (this.#bytes === undefined) {
      this.#bytes = new Uint8Array(this.#large.size);
      let at = 0;
      for (const chunk of this.#early) {
        this.#bytes.set(chunk, at);
        at += chunk.length;
      }
      this.#early.length = 0;
    }
    return this.#bytes;
  }
}
