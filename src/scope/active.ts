/**
 * What is active for a call: which cache, which metadata, and whether to recompute. The public `cache()`, `meta()` and
 * `tags()` set it; the wrapper reads it.
 *
 * @module
 */

import { Cache } from "../cache/cache.ts";
import { defaultCache, defaultMetadata, namedCache } from "../config/active_config.ts";
import { CallInfo } from "../metadata/call_info.ts";
import { Environment } from "../metadata/environment.ts";
import { Git } from "../metadata/git.ts";
import { Runtime } from "../metadata/runtime.ts";
import { Tags } from "../metadata/tags.ts";
import type { JsonObject, Metadata } from "../metadata/types.ts";
import { type Scope, ScopedSetting } from "./scoped_setting.ts";

/** A metadata chain, or what is added to the one around it. */
interface MetadataSetting {
  readonly replaces: boolean;
  readonly chain: readonly Metadata[];
}

const cacheSetting = new ScopedSetting<Cache>(() => true);
const metadataSetting = new ScopedSetting<MetadataSetting>((setting) => setting.replaces);
const refreshSetting = new ScopedSetting<true>(() => true);
const describingSetting = new ScopedSetting<true>(() => true);

const OWN_METADATA: ReadonlySet<unknown> = new Set([CallInfo, Environment, Git, Runtime, Tags]);

let processDefault: Cache | undefined;

/** What is active for one call, taken when it is made. */
export interface Active {
  /** The cache to look in and keep in. */
  readonly cache: Cache;
  /** Whether to compute whatever is kept. */
  readonly refresh: boolean;
  /** Whether a metadata class calls: such calls go without metadata, else they would describe each other for ever. */
  readonly isDescribing: boolean;
  /** The metadata chain; worked out on misses alone. */
  readonly metadata: () => readonly Metadata[];
}

function activeCache(): Cache {
  return cacheSetting.get() ?? processDefault ?? defaultCache();
}

/** The metadata chain: the default one where no scope was opened, else what the scopes made of it. */
function activeMetadata(): () => readonly Metadata[] {
  if (metadataSetting.get() === undefined) return defaultMetadata;
  const added: Metadata[] = [];
  for (const setting of metadataSetting.all()) {
    if (setting.replaces) return () => [...setting.chain, ...added];
    added.unshift(...setting.chain);
  }
  return () => [...defaultMetadata(), ...added];
}

/**
 * What is active for a call made here and now.
 *
 * @param own The cache of the function's own options, which comes before all others.
 */
export function activeFor(own: string | Cache | undefined): Active {
  const cache = own === undefined ? activeCache() : toCache(own);
  return {
    cache,
    refresh: refreshSetting.get() ?? false,
    isDescribing: describingSetting.get() ?? false,
    metadata: activeMetadata(),
  };
}

/** Runs `body`, which calls the classes of a metadata chain. */
export function runDescribing<T>(chain: readonly Metadata[], body: () => T): T {
  // fleche's own call nothing, and a scope for them would cost every miss.
  return chain.every((each) => OWN_METADATA.has(each.constructor))
    ? body()
    : describingSetting.run(true, body);
}

/** Runs `body` so that every cached call in it recomputes and keeps anew. */
export function runRefreshing<T>(body: () => T): T {
  return refreshSetting.run(true, body);
}

/** Keeps from the caller the scopes that `body` opens before its first `await`. */
export function isolateScopes<T>(body: () => T): T {
  return cacheSetting.isolate(() => metadataSetting.isolate(() => refreshSetting.isolate(body)));
}

/** Freezes the cache and the metadata that are active now; what comes back runs a function under them. */
export function freezeActive(own: string | Cache | undefined): <T>(body: () => T) => T {
  const { cache, metadata } = activeFor(own);
  const setting = { replaces: true, chain: metadata() };
  return (body) => cacheSetting.run(cache, () => metadataSetting.run(setting, body));
}

function toCache(which: unknown): Cache {
  if (typeof which === "string") return namedCache(which);
  if (which instanceof Cache) return which;
  throw new TypeError(`Cannot activate ${String(which)}: expected the name of a cache or a Cache`);
}

/** What `cache` offers. */
export interface CacheFunction {
  /** The active cache. */
  (): Cache;
  /** Activates a cache from here on, in this async context and all that it starts; `using` ends it with its block. */
  (which: string | Cache): Scope;
  /** Activates a cache for `body` alone, through its awaits and whatever it starts. */
  <T>(which: string | Cache, body: () => T): T;
  /** Activates a cache for the whole process, wherever no scope is open; `undefined` returns to the configuration's. */
  setDefault(which: string | Cache | undefined): void;
}

function cacheImplementation(which?: unknown, body?: () => unknown): unknown {
  if (which === undefined && body === undefined) return activeCache();
  const chosen = toCache(which);
  return body === undefined ? cacheSetting.enter(chosen) : cacheSetting.run(chosen, body);
}

/**
 * The active cache, and how another one becomes active.
 *
 * Without a scope it is the one given to `cache.setDefault`, else the configuration's `[default] cache`, else `memory`.
 * Caches are named as in the configuration; `memory` (one per process) and `void` (keeps nothing) always exist.
 *
 * What a block's `using` cannot hide: when an async function opens its scope before its first `await`, its caller sees
 * the scope too until the block ends. The callback form is seen by nobody else.
 *
 * @throws {ConfigError} When no section has that name.
 *
 * @example Three ways to choose a cache
 * ```ts
 * import { cache, fleche } from "@fleche/fleche";
 *
 * const area = fleche((w: number, h: number) => w * h, { name: "area" });
 * await cache("memory", () => area(2, 3)); // for one callback
 * {
 *   using _scope = cache("memory"); // for one block
 *   await area(2, 3);
 * }
 * cache("memory"); // from here on
 * await area(2, 3);
 * ```
 */
export const cache: CacheFunction = Object.assign(cacheImplementation as Omit<CacheFunction, "setDefault">, {
  setDefault(which: string | Cache | undefined): void {
    processDefault = which === undefined ? undefined : toCache(which);
  },
}) as CacheFunction;

/** Whether something can stand in a metadata chain. */
export function isMetadata(value: unknown): value is Metadata {
  const { name, before, after } = (value ?? {}) as Partial<Record<keyof Metadata, unknown>>;
  return typeof name === "string" && (typeof before === "function" || typeof after === "function");
}

/** Functions that can only be called with `new`: their `prototype` is fixed. */
function isClass(fn: object): boolean {
  return Object.getOwnPropertyDescriptor(fn, "prototype")?.writable === false;
}

function openMetadata(setting: MetadataSetting, body: (() => unknown) | undefined): unknown {
  return body === undefined ? metadataSetting.enter(setting) : metadataSetting.run(setting, body);
}

/**
 * Replaces the metadata chain: from here on, for a block (`using`), or for a callback given last.
 *
 * @param chain The metadata of calls made in the scope; none for no metadata at all.
 *
 * @example Note where results come from
 * ```ts
 * import { Environment, meta, Runtime } from "@fleche/fleche";
 *
 * using _scope = meta(new Runtime(), new Environment());
 * ```
 */
export function meta(...chain: Metadata[]): Scope;
/** Replaces the metadata chain for `body` alone. */
export function meta<T>(...chainAndBody: [...chain: Metadata[], body: () => T]): T;
export function meta(...parts: (Metadata | (() => unknown))[]): unknown {
  const last = parts.at(-1);
  // A class in place of its instance is refused below.
  const body = typeof last === "function" && !isClass(last) ? last : undefined;
  const chain = (body === undefined ? parts : parts.slice(0, -1)) as Metadata[];
  for (const each of chain) {
    if (!isMetadata(each)) {
      throw new TypeError(
        `Cannot use ${
          typeof each === "function" ? `class "${(each as { name: string }).name}"` : String(each)
        } as metadata: expected an object with a name and before() or after(), as new Runtime()`,
      );
    }
  }
  return openMetadata({ replaces: true, chain }, body);
}

/**
 * Adds tags to the calls made from here on, in a block (`using`), or in `body`; tags of inner scopes join those around.
 *
 * @param values Plain JSON by name.
 * @throws {TypeError} When a value is not plain JSON.
 *
 * @example Tag a run
 * ```ts
 * import { fleche, tags } from "@fleche/fleche";
 *
 * const area = fleche((w: number, h: number) => w * h, { name: "area" });
 * await tags({ project: "garden" }, () => area(2, 3));
 * ```
 */
export function tags(values: JsonObject): Scope;
/** Adds tags to the calls made in `body` alone. */
export function tags<T>(values: JsonObject, body: () => T): T;
export function tags(values: JsonObject, body?: () => unknown): unknown {
  return openMetadata({ replaces: false, chain: [new Tags(values)] }, body);
}
