/**
 * Bytes of a file that grows at its end: small pieces share segments, what is large gets one of its own, so that
 * nothing is ever copied twice. What lies where is the callers' business.
 *
 * @module
 */

/** Segments for small pieces have this many bytes, but the first, which small values fill. */
const SEGMENT_BYTES = 256 * 1024;
const FIRST_SEGMENT_BYTES = 8 * 1024;

/** Pieces from this size on get a segment of their own. */
const LARGE_BYTES = 64 * 1024;

/** A body from this size on is a stream of its segments; below it, one piece. */
const STREAM_BYTES = 1024 * 1024;

/** What a stream gives at a time. */
const CHUNK_BYTES = 256 * 1024;

/** A file in the making. */
export class FileWriter {
  readonly #segments: Uint8Array<ArrayBuffer>[] = [];
  #last: Uint8Array<ArrayBuffer> = new Uint8Array(FIRST_SEGMENT_BYTES);
  #used = 0;
  #before = 0;

  /** Bytes so far: the address of what comes next. */
  get size(): number {
    return this.#before + this.#used;
  }

  /**
   * Takes room at the end.
   *
   * @param length Bytes; they are zero.
   * @returns The room, to be filled before {@linkcode finish}.
   */
  reserve(length: number): Uint8Array<ArrayBuffer> {
    if (length > this.#last.length - this.#used) {
      this.#close();
      this.#last = new Uint8Array(length >= LARGE_BYTES ? length : SEGMENT_BYTES);
    }
    const room = this.#last.subarray(this.#used, this.#used + length);
    this.#used += length;
    return room;
  }

  /**
   * Puts a copy of bytes at the end.
   *
   * @returns Their address.
   */
  append(bytes: Uint8Array): number {
    const address = this.size;
    this.reserve(bytes.length).set(bytes);
    return address;
  }

  /** The whole: bytes where it is small, else a stream that lets go of what it has given. */
  finish(): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>> {
    const size = this.size;
    this.#close();
    if (size >= STREAM_BYTES) return streamOf(this.#segments);
    const whole = new Uint8Array(size);
    let at = 0;
    for (const segment of this.#segments) {
      whole.set(segment, at);
      at += segment.length;
    }
    return whole;
  }

  #close(): void {
    if (this.#used > 0) this.#segments.push(this.#last.subarray(0, this.#used));
    this.#before += this.#used;
    this.#used = 0;
  }
}

function streamOf(segments: Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      const [segment] = segments;
      if (segment === undefined) return controller.close();
      // Copied: whoever transfers or fills a chunk that it was given must not touch the next one.
      controller.enqueue(segment.slice(at, at + CHUNK_BYTES));
      at += CHUNK_BYTES;
      if (at < segment.length) return;
      segments.shift();
      at = 0;
    },
    cancel() {
      segments.length = 0;
    },
  }, { highWaterMark: 0 });
}
