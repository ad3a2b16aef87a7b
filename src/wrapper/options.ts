/**
 * The types of `fleche()`: its options, and the function that it gives back. No behaviour.
 *
 * @module
 */

import type { Cache } from "../cache/cache.ts";
import type { Call } from "../call/record.ts";
import type { Metadata } from "../metadata/types.ts";
import type { Explanation } from "./explain.ts";
import type { StoredResult } from "./stored_result.ts";
import type { StreamOptions, StreamProgress } from "../stream/types.ts";

/** Any function: the parameters of a type that is only ever passed on. */
export type Callable = (this: never, ...args: never[]) => unknown;

/** A parameter by its name, or by its position from 0. */
export type ParameterReference = string | number;

/** Options of `fleche()`. */
export interface FlecheOptions<F extends Callable = Callable> {
  /** Name of the function, part of its keys; needed for anonymous functions. @default the function's own name */
  readonly name?: string;
  /**
   * Module of the function, part of its keys.
   *
   * @default the file in which `fleche()` is called, relative to the nearest folder with a deno.json, package.json or
   * .git, after the `name` that the manifest gives: `@scope/project/src/area.ts`
   */
  readonly module?: string;
  /** Part of the keys: change it when the function computes something else, and earlier results are not found any more. @default none */
  readonly version?: string | number;
  /** Parameters that do not matter to the result: left out of keys and records. @default none */
  readonly ignore?: readonly ParameterReference[];
  /** Parameters that must be passed: a call without one runs uncached, with a warning. @default none */
  readonly require?: readonly ParameterReference[];
  /**
   * Whether the function's source is part of its keys, without formatting and comments: an edited function does not find
   * the results of its earlier self. Functions that it calls are not looked into. @default false
   */
  readonly hashCode?: boolean;
  /** Metadata for this function's records, after the active chain. @default none */
  readonly metadata?: readonly Metadata[];
  /** Replaces the arguments in the key: whatever it returns must tell apart all calls with different results. @default all arguments */
  readonly key?: (...args: Parameters<F>) => unknown;
  /** Whether a result is kept. It may look at a stream's form (`({ ok }) => ok` of a `Response`), and not read it. @default every result is */
  readonly cacheIf?: (result: Awaited<ReturnType<F>>) => boolean | Promise<boolean>;
  /** Throws where a call would otherwise run uncached, or its result go unkept, with a warning. @default false */
  readonly strict?: boolean;
  /** The cache of this function, whatever is active. @default the active cache */
  readonly cache?: string | Cache;
  /** How a result that is a stream is kept: what cancelling does, and whether the source runs ahead of its readers. */
  readonly stream?: StreamOptions;
  /**
   * Told how far a result that is a stream has come, while it is kept and when it is read back: at most ten times a second,
   * and once at the end. `progressBar()` of `@fleche/fleche/cli` draws it. @default nobody is told
   */
  readonly onProgress?: (progress: StreamProgress) => void;
}

/**
 * What the cache makes of a result: an iterator that answers at once (a generator) becomes an async one, everything else is
 * given as what it is.
 */
export type Asynchronous<R> = 0 extends 1 & R ? R
  : R extends IterableIterator<infer T> ? AsyncGenerator<T, unknown, unknown>
  : R;

/** What a cached function gives: what the function itself does, awaited, and {@linkcode Asynchronous}. */
export type CachedResult<F extends Callable> = Asynchronous<Awaited<ReturnType<F>>>;

/** What a cached function offers beside being called; each takes the function's own arguments. */
export interface CachedHelpers<F extends Callable> {
  /** The key of a call: 64 lower-case hex digits. Nothing is run. Rejects with `DigestError` for what has no digest. */
  digest(...args: Parameters<F>): Promise<string>;
  /** The result that is kept for a call. Nothing is run. Rejects with `CacheMissError` when there is none. */
  load(...args: Parameters<F>): Promise<CachedResult<F>>;
  /** Whether a result is kept for a call. Nothing is run. */
  contains(...args: Parameters<F>): Promise<boolean>;
  /** Runs the function whatever is kept, cached calls inside it too, and keeps the new results. */
  rerun(...args: Parameters<F>): Promise<CachedResult<F>>;
}

/** Everything that a cached function offers, under a name that hides nothing of `Function.prototype`. */
export interface CachedNamespace<F extends Callable> extends CachedHelpers<F> {
  /** The call as it would be looked up: name, module, version, code, arguments by digest, key. Nothing is run. */
  call(...args: Parameters<F>): Promise<Call>;
  /**
   * What is kept for a call, as bytes: to read parts of it, or to serve it over HTTP. Nothing is run. Rejects with
   * `CacheMissError` when there is none.
   */
  open(...args: Parameters<F>): Promise<StoredResult>;
  /**
   * Whether a call would be a hit, and why not: what is wrong with its entries, or which parts of its key (arguments, version,
   * module, code) differ from the nearest call that is kept. Nothing is run. Where nothing is kept under the key the records of
   * all calls are read, one by one; an `AbortSignal` among the arguments ends that.
   */
  explain(...args: Parameters<F>): Promise<Explanation>;
  /** The function with its first arguments and what is active here and now (cache, metadata) frozen, to be called anywhere. */
  bind<A extends Partial<Parameters<F>>>(
    ...args: A
  ): (
    ...rest: Parameters<F> extends
      readonly [...Extract<{ [Position in keyof A]?: unknown }, readonly unknown[]>, ...infer Rest] ? Rest
      : unknown[]
  ) => Promise<CachedResult<F>>;
  /** The function itself, uncached. */
  readonly original: F;
}

/** A function with a persistent memory: the parameters of the original, and a promise of its awaited result. */
export type CachedFunction<F extends Callable> =
  & ((this: ThisParameterType<F>, ...args: Parameters<F>) => Promise<CachedResult<F>>)
  & CachedHelpers<F>
  & {
    /** The helpers, and more that would hide `Function.prototype`'s own. */
    readonly fleche: CachedNamespace<F>;
  };
