/**
 * The state of one walk through a value: what was seen, where it stands, what must still be read. Walks are reused,
 * for their buffers; one that is in use is never handed out twice, as reading a value can run user code that digests.
 *
 * @module
 */
import { DigestError } from "../errors.ts";
import { formatPath, type PathStep } from "../_value_path.ts";
import { Writer } from "./_writer.ts";

/** How deep values may be nested: part of the scheme, and far from any runtime's stack. */
export const MAX_DEPTH = 500;

/** Up to this many objects a scan of a list is faster than a map. */
const LISTED_OBJECTS = 16;

/** What is kept in the place of a function or an instance; `undefined` where nothing is. */
export type StandIn = (value: object) => object | undefined;

/** One walk through a value. */
export class Walk {
  /** Where the form is written. */
  readonly out: Writer = new Writer();
  /** What stands between the root and the value that is being written. */
  readonly #steps: (PathStep | undefined)[] = [];
  #depth = 0;
  readonly #listed: object[] = [];
  #indexed: Map<object, number> | undefined;
  /** Gives what is kept in the place of what has no digest; see `Codec.standIn`. */
  standIn: StandIn | undefined;
  /** Blobs in the order of first visit, whose contents follow the form. */
  blobs: { readonly blob: Blob; readonly path: string }[] = [];

  /**
   * The index of an object that was visited before; otherwise gives it the next one.
   *
   * @returns The index, or -1 at the first visit.
   */
  visit(value: object): number {
    const listed = this.#listed;
    if (this.#indexed === undefined) {
      for (let i = 0; i < listed.length; i++) if (listed[i] === value) return i;
      if (listed.length < LISTED_OBJECTS) {
        listed.push(value);
        return -1;
      }
      this.#indexed = new Map(listed.map((object, i) => [object, i]));
    }
    const index = this.#indexed.get(value);
    if (index !== undefined) return index;
    this.#indexed.set(value, this.#indexed.size);
    return -1;
  }

  /** Goes into an object; {@linkcode at} then says where in it, {@linkcode leave} ends it. */
  enter(): void {
    if (this.#depth === MAX_DEPTH) {
      this.refuse(
        `it is nested more than ${MAX_DEPTH} levels deep; pass it in flatter form, or as text or bytes`,
      );
    }
    this.#steps[this.#depth++] = undefined;
  }

  /** Says which part of the entered object comes next. */
  at(step: PathStep): void {
    this.#steps[this.#depth - 1] = step;
  }

  /** Goes back out of an object. */
  leave(): void {
    this.#depth--;
  }

  /** Where the walk stands, as `$.rows[3].callback`. */
  path(): string {
    const steps = this.#steps.slice(0, this.#depth);
    return formatPath(steps.filter((step) => step !== undefined));
  }

  /** Ends the walk because of what stands here. */
  refuse(reason: string): never {
    throw new DigestError(this.path(), reason);
  }

  /** Forgets the value, so that it can be collected. */
  clear(): void {
    this.#depth = 0;
    this.standIn = undefined;
    this.#listed.length = 0;
    this.#indexed = undefined;
    this.#steps.length = 0;
    if (this.blobs.length > 0) this.blobs = [];
  }
}

let spare: Walk | undefined;

/** A walk that nobody else uses; {@linkcode releaseWalk} gives it back. */
export function acquireWalk(): Walk {
  const walk = spare ?? new Walk();
  spare = undefined;
  return walk;
}

/** Gives a walk back. */
export function releaseWalk(walk: Walk): void {
  walk.clear();
  spare = walk;
}
