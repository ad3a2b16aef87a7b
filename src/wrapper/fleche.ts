/**
 * `fleche()`: gives a function a persistent memory. Also the method decorator of that name, and the helpers that a
 * cached function carries. What they do is loaded with the first call (`cached_function.ts`), so that importing the module
 * costs little.
 *
 * @module
 */

// `as` here: the helpers' types follow the wrapped function's, which TypeScript cannot infer through `Object.assign`.

import { loadCode } from "../_load.ts";
import { Cache } from "../cache/cache.ts";
import { captureCaller } from "../call/capture_caller.ts";
import type { Call } from "../call/record.ts";
import { type Active, activeFor, freezeActive, isMetadata, runRefreshing } from "../scope/active.ts";
import type { CachedFunctionEngine } from "./cached_function.ts";
import type { CalleeOrigin } from "./callee.ts";
import type { Explanation } from "./explain.ts";
import type { StoredResult } from "./stored_result.ts";
import type { CachedFunction, Callable, FlecheOptions } from "./options.ts";

/** A decorator of methods: what `fleche(options)` gives. */
export type CachedMethodDecorator = <F extends Callable>(
  method: F,
  context: ClassMethodDecoratorContext,
) => CachedFunction<F>;

/**
 * Gives a function a persistent memory: its results are kept under a digest of its name, its module and its arguments,
 * and found again by the next call, in this process or another.
 *
 * The cached function has the parameters, name and length of the original and always gives a promise. A hit gives a fresh
 * copy of the result. `null` and `undefined` are kept like any other result; errors never are. Calls whose arguments
 * have no faithful digest run uncached, results that cannot be written are returned unkept, and a cache that cannot be
 * reached is passed by: each with one warning, or an error under `strict`. An `AbortSignal` among the arguments is passed
 * through and is no part of the key. What the function reads beside its arguments (captured variables, files, the
 * clock) is no part of the key either: give it as an argument, or change `version`.
 *
 * @param fn The function; anonymous ones need a `name` in the options.
 * @param options See {@linkcode FlecheOptions}.
 * @returns The cached function, with the helpers of {@linkcode CachedFunction}.
 * @throws {TypeError} When the function has no name, or the options make no sense.
 *
 * @example A cached function
 * ```ts
 * import { cache, fleche } from "@fleche/fleche";
 *
 * const area = fleche(async (w: number, h: number) => await w * h, { name: "area" });
 * await cache("memory", async () => {
 *   await area(2, 3); // computes, keeps
 *   await area(2, 3); // hit
 * });
 * ```
 *
 * @example A cached method
 * ```ts
 * import { fleche } from "@fleche/fleche";
 *
 * class Grid {
 *   constructor(readonly size: number) {}
 *   @fleche({ version: 1 })
 *   async cells(): Promise<number> { // keyed by the instance's own state too
 *     return await Promise.resolve(this.size ** 2);
 *   }
 * }
 * await new Grid(3).cells();
 * ```
 */
export function fleche<F extends Callable>(fn: F, options?: FlecheOptions<F>): CachedFunction<F>;
/** As a bare decorator: `@fleche`. */
export function fleche<F extends Callable>(
  method: F,
  context: ClassMethodDecoratorContext,
): CachedFunction<F>;
/**
 * As a decorator with options: `@fleche({ version: 2 })`. Their `key` and `cacheIf` say themselves what they take, since
 * the method is not known yet.
 */
export function fleche(
  options?: FlecheOptions<(this: never, ...args: never[]) => never>,
): CachedMethodDecorator;
export function fleche(
  first?: Callable | FlecheOptions,
  second?: FlecheOptions | ClassMethodDecoratorContext,
): unknown {
  const caller = captureCaller(fleche);
  if (typeof first !== "function") {
    if (first !== undefined && (typeof first !== "object" || first === null)) {
      throw new TypeError(
        `Cannot cache ${String(first)}: expected a function, or the options of a decorator`,
      );
    }
    const options = checkOptions(first ?? {});
    return (method: Callable, context: ClassMethodDecoratorContext) =>
      wrapMethod(method, options, caller, context);
  }
  if (isDecoratorContext(second)) return wrapMethod(first, {}, caller, second);
  return wrap(first, checkOptions(second === undefined ? {} : second), { caller });
}

function isDecoratorContext(value: object | undefined): value is ClassMethodDecoratorContext {
  return typeof value === "object" && value !== null && "kind" in value && "addInitializer" in value;
}

/** What an option takes: a test, and the words for it. */
type OptionKind = readonly [takes: (value: unknown) => boolean, expected: string];

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const TEXT: OptionKind = [isText, "a text"];
const FLAG: OptionKind = [(value) => typeof value === "boolean", "true or false"];
const SELECTOR: OptionKind = [(value) => typeof value === "function", "a function"];
const PARAMETERS: OptionKind = [
  (value) => Array.isArray(value) && value.every((one) => typeof one === "number" || isText(one)),
  "a list of parameter names or positions",
];

function isStreamOptions(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { onCancel, spool, ...rest } = value as Record<string, unknown>;
  return [undefined, "abort", "finish"].includes(onCancel as undefined) &&
    [undefined, true, false].includes(spool as undefined) && Object.keys(rest).length === 0;
}

const OPTIONS: ReadonlyMap<string, OptionKind> = new Map(Object.entries(
  {
    name: TEXT,
    module: TEXT,
    version: [(value) => typeof value === "string" || typeof value === "number", "a text or a number"],
    ignore: PARAMETERS,
    require: PARAMETERS,
    hashCode: FLAG,
    metadata: [
      (value) => Array.isArray(value) && value.every(isMetadata),
      "a list of objects with a name and before() or after(), as new Runtime()",
    ],
    key: SELECTOR,
    cacheIf: SELECTOR,
    strict: FLAG,
    stream: [isStreamOptions, '{ onCancel: "abort" or "finish", spool: true or false }'],
    onProgress: SELECTOR,
    cache: [(value) => isText(value) || value instanceof Cache, "the name of a cache or a Cache"],
  } satisfies Record<keyof FlecheOptions, OptionKind>,
));

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || typeof value === "boolean") return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** What is wrong of several things in one option, a reader finds by seeing them. */
function describeStream(value: unknown): string {
  if (typeof value !== "object" || value === null) return describe(value);
  return `{ ${Object.entries(value).map(([name, each]) => `${name}: ${describe(each)}`).join(", ")} }`;
}

function checkOptions(options: FlecheOptions): FlecheOptions {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot cache with options ${String(options)}: expected an object`);
  }
  for (const [name, value] of Object.entries(options)) {
    const kind = OPTIONS.get(name);
    if (kind === undefined) {
      throw new TypeError(`Cannot use option "${name}": expected one of ${[...OPTIONS.keys()].join(", ")}`);
    }
    const [takes, expected] = kind;
    if (value !== undefined && !takes(value)) {
      const told = name === "stream" ? describeStream(value) : describe(value);
      throw new TypeError(`Cannot use ${told} as option "${name}": expected ${expected}`);
    }
  }
  return options;
}

/** A method's name is that of the class that defines it and its own: two classes of a module may share method names. */
function wrapMethod(
  method: Callable,
  options: FlecheOptions,
  caller: string | undefined,
  context: ClassMethodDecoratorContext,
): unknown {
  if (context.kind !== "method") {
    throw new TypeError(
      `Cannot cache ${context.kind} "${String(context.name)}": only methods can be decorated`,
    );
  }
  const property = context.name;
  if (options.name === undefined && (context.private || typeof property === "symbol")) {
    throw new TypeError(
      `Cannot cache method "${
        String(property)
      }" without a name: give it one in the options, as @fleche({ name: "…" })`,
    );
  }
  let owner: string | undefined;
  const cached = wrap(method, options, {
    caller,
    methodName: () => owner === undefined ? String(property) : `${owner}.${String(property)}`,
  });
  if (!context.private) {
    context.addInitializer(function () {
      owner ??= ownerName(this, property, cached);
    });
  }
  return cached;
}

function ownerName(instance: unknown, property: PropertyKey, cached: unknown): string | undefined {
  for (
    let object = instance;
    object !== null && object !== undefined;
    object = Object.getPrototypeOf(object)
  ) {
    if (Object.getOwnPropertyDescriptor(object, property)?.value !== cached) continue;
    return typeof object === "function" ? object.name : (object as object).constructor.name;
  }
  return undefined;
}

function wrap(fn: Callable, options: FlecheOptions, origin: CalleeOrigin): unknown {
  if (options.name === undefined && origin.methodName === undefined && fn.name === "") {
    throw new TypeError(
      'Cannot cache an anonymous function: name it, or give a name in the options, as fleche(fn, { name: "area" })',
    );
  }
  let engine: CachedFunctionEngine | undefined;
  const load = async (): Promise<CachedFunctionEngine> => {
    if (engine !== undefined) return engine;
    const { CachedFunctionEngine } = await loadCode(() => import("./cached_function.ts"));
    return engine ??= new CachedFunctionEngine(fn, options, origin);
  };
  // What is active is taken when the call is made: its scope may be closed before the engine is loaded. No async function
  // here: each would cost a hit another promise.
  const run = (receiver: unknown, args: unknown[]): Promise<unknown> => {
    let active: Active;
    try {
      active = activeFor(options.cache);
    } catch (error) {
      return Promise.reject(error);
    }
    return engine === undefined
      ? load().then((engine) => engine.run(active, receiver, args))
      : engine.run(active, receiver, args);
  };

  const cached = function (this: unknown, ...args: unknown[]): Promise<unknown> {
    return run(this, args);
  };
  /** Helpers called on the cached function have it for `this`, which is not the receiver of a call. */
  const receiverOf = (self: unknown) => self === cached || self === namespace ? undefined : self;

  const helpers = {
    async digest(this: unknown, ...args: unknown[]): Promise<string> {
      return await (await load()).digest(receiverOf(this), args);
    },
    async load(this: unknown, ...args: unknown[]): Promise<unknown> {
      const active = activeFor(options.cache);
      return await (await load()).load(active, receiverOf(this), args);
    },
    async contains(this: unknown, ...args: unknown[]): Promise<boolean> {
      const active = activeFor(options.cache);
      return await (await load()).contains(active, receiverOf(this), args);
    },
    rerun(this: unknown, ...args: unknown[]): Promise<unknown> {
      return runRefreshing(() => run(receiverOf(this), args));
    },
  };
  const namespace = {
    ...helpers,
    async call(this: unknown, ...args: unknown[]): Promise<Call> {
      return await (await load()).call(receiverOf(this), args);
    },
    async open(this: unknown, ...args: unknown[]): Promise<StoredResult> {
      const active = activeFor(options.cache);
      return await (await load()).open(active, receiverOf(this), args);
    },
    async explain(this: unknown, ...args: unknown[]): Promise<Explanation> {
      const active = activeFor(options.cache);
      return await (await load()).explain(active, receiverOf(this), args);
    },
    bind(this: unknown, ...args: unknown[]): (...rest: unknown[]) => Promise<unknown> {
      const receiver = receiverOf(this);
      const inFrozen = freezeActive(options.cache);
      return (...rest) => inFrozen(() => run(receiver, [...args, ...rest]));
    },
    original: fn,
  };
  const name = fn.name === "" ? options.name : fn.name;
  Object.defineProperty(cached, "name", { value: name, configurable: true });
  Object.defineProperty(cached, "length", { value: fn.length, configurable: true });
  return Object.assign(cached, helpers, { fleche: Object.freeze(namespace) });
}
