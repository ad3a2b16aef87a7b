/**
 * A wrapped function: who it is, and how its arguments become a key. Everything that does not change between calls is
 * worked out once, on the first.
 *
 * @module
 */

import type { Cache } from "../cache/cache.ts";
import { type Binder, type BoundArguments, createBinder } from "../call/bind.ts";
import { callKey } from "../call/key.ts";
import { portableModule } from "../call/module_path.ts";
import type { Call } from "../call/record.ts";
import { isDisguised, readSignature, type Signature } from "../call/signature.ts";
import { codeDigest } from "../call/source.ts";
import type { MaybePromise } from "../codec/types.ts";
import { digestNow } from "../digest/digest_now.ts";
import { CacheError, DigestError } from "../errors.ts";
import { isolateScopes } from "../scope/active.ts";
import { toAsyncIterator } from "../stream/stream_kind.ts";
import { claimIdentity } from "./claims.ts";
import type { Callable, FlecheOptions } from "./options.ts";

/** Who is called. */
interface Identity {
  readonly name: string;
  readonly module: string | undefined;
  readonly version: string | number | undefined;
  readonly code: string | undefined;
}

interface Plan {
  readonly identity: Identity;
  readonly binder: Binder;
  readonly usesThis: boolean;
}

/** A call whose arguments are digested. */
export interface PreparedCall {
  readonly key: string;
  readonly identity: Identity;
  /** Parameter name and argument, in order. */
  readonly bound: BoundArguments;
  /** Parameter name and digest, in order. */
  readonly digests: readonly (readonly [name: string, digest: string])[];
  /** Whether there are Blobs among them, whose content had to be read. */
  readonly hasBlobs: boolean;
}

/** A call as others see it. */
export function toCall({ key, identity, digests }: PreparedCall): Call {
  return { key, ...identity, arguments: Object.fromEntries(digests) };
}

/** What a callee is made from, beside its function and its options. */
export interface CalleeOrigin {
  /** The file that called `fleche()`. */
  readonly caller: string | undefined;
  /** For a method: its name with that of its class, as far as it is known when it is first called. */
  readonly methodName?: () => string;
}

/** A wrapped function. */
export class Callee {
  readonly fn: Callable;
  readonly options: FlecheOptions<Callable>;
  readonly #origin: CalleeOrigin;
  /** An error where calls have no key, whatever their arguments. */
  #plan: Plan | CacheError | undefined;
  /** The function's name, and its module once that is known. */
  identity: { readonly name: string; readonly module?: string | undefined } = this;
  readonly #claims = new WeakMap<Cache, boolean>();

  constructor(fn: Callable, options: FlecheOptions<Callable>, origin: CalleeOrigin) {
    this.fn = fn;
    this.options = options;
    this.#origin = origin;
  }

  /** The function's name in keys and messages. */
  get name(): string {
    return this.options.name ?? this.#origin.methodName?.() ?? this.fn.name;
  }

  /** Runs the function itself, and gives its result as a call does: what iterates at once iterates later. */
  async run(receiver: unknown, args: readonly unknown[]): Promise<unknown> {
    return toAsyncIterator(await isolateScopes(() => Reflect.apply(this.fn, receiver, args)));
  }

  /** Whether the first call's work is done. */
  get isReady(): boolean {
    return this.#plan !== undefined;
  }

  /**
   * Reads the function's source and works out its identity. Where that fails, every call is refused.
   *
   * @throws {TypeError} (rejects) When `ignore` or `require` name no parameter.
   */
  async getReady(): Promise<void> {
    this.#plan = await this.#makePlan();
    if (!(this.#plan instanceof CacheError)) this.identity = this.#plan.identity;
  }

  async #makePlan(): Promise<Plan | CacheError> {
    const { ignore, require, hashCode, version, module } = this.options;
    let signature: Signature;
    let identity: Identity;
    try {
      signature = await readSignature(this.fn);
      const code = hashCode ? await codeDigest(this.fn) : undefined;
      if (hashCode && code === undefined) throw new TypeError("it is native, bound or proxied");
      identity = {
        name: this.name,
        module: module ?? await portableModule(this.#origin.caller),
        version,
        code,
      };
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      return new CacheError("refused", `its source cannot be read (${reason})`, { cause });
    }
    // What an arrow function calls `this` is a captured variable, and not the receiver that a call would digest.
    if (signature.arrow && signature.usesThis && this.options.key === undefined) {
      return new CacheError(
        "refused",
        "it is an arrow function that uses `this`, which nobody else can see; make it a function or a method, " +
          "or give a key in its options",
      );
    }
    // What is bound or proxied shows neither its code nor what it holds: the name alone would stand for all of it, and
    // another process may give that name to another one.
    const { name, key } = this.options;
    if (!signature.readable && name === undefined && key === undefined && isDisguised(this.fn)) {
      return new CacheError(
        "refused",
        "it is a bound or proxied function, which does not show what it holds; give it a name in its options that " +
          "says so, or wrap a function that calls it",
      );
    }
    return { identity, binder: createBinder(signature, { ignore, require }), usesThis: signature.usesThis };
  }

  /**
   * Works out a call's key, once the callee is ready.
   *
   * @throws {DigestError} (or rejects) When an argument has no faithful digest.
   * @throws {CacheError} When an argument named in `require` is missing.
   */
  prepare(receiver: unknown, args: readonly unknown[]): MaybePromise<PreparedCall> {
    if (this.#plan === undefined) throw new TypeError("Cannot prepare a call before the callee is ready");
    if (this.#plan instanceof CacheError) throw this.#plan;
    return digestArguments(this.#bind(this.#plan, receiver, args), this.#plan.identity);
  }

  /**
   * Whether the arguments are, when the function is about to run, as they were when the key was made. Those with Blobs
   * are not looked at: reading these again could cost as much as the call.
   */
  isUnchanged(prepared: PreparedCall, receiver: unknown, args: readonly unknown[]): boolean {
    const { bound, digests, hasBlobs } = prepared;
    if (hasBlobs || bound.every(([, value]) => isPrimitive(value)) && args.every(isPrimitive)) return true;
    if (this.#plan === undefined || this.#plan instanceof CacheError) return false;
    try {
      const now = this.#bind(this.#plan, receiver, args);
      return now.length === digests.length &&
        now.every(([name, value], index) => digestArgument(name, value) === digests[index]?.[1]);
    } catch {
      return false;
    }
  }

  /**
   * Makes sure that results may be shared with a cache.
   *
   * @throws {CacheError} When another function of the same name, which nobody chose, keeps its results there already.
   */
  claim(cache: Cache, { identity }: PreparedCall): void {
    if (this.options.name !== undefined) return;
    let claimed = this.#claims.get(cache);
    if (claimed === undefined) {
      this.#claims.set(cache, claimed = claimIdentity(cache, JSON.stringify(identity), this.fn));
    }
    if (claimed) return;
    const place = identity.module === undefined ? "" : ` of module "${identity.module}"`;
    throw new CacheError(
      "refused",
      `another function "${identity.name}"${place} uses this cache; give one of them a name in its options`,
    );
  }

  #bind(plan: Plan, receiver: unknown, args: readonly unknown[]): BoundArguments {
    const missing = plan.binder.missing(args);
    if (missing.length > 0) {
      throw new CacheError(
        "refused",
        `required argument ${missing.map((name) => `"${name}"`).join(", ")} is missing`,
      );
    }
    const bound = this.options.key === undefined
      ? plan.binder.bind(args)
      : [["key", selectKey(this.options.key, receiver, args)] as const];
    return plan.usesThis && receiver !== undefined && receiver !== globalThis
      ? [["this", receiver], ...bound]
      : bound;
  }
}

function isPrimitive(value: unknown): boolean {
  return typeof value !== "object" && typeof value !== "function" || value === null;
}

function selectKey(key: Callable, receiver: unknown, args: readonly unknown[]): unknown {
  try {
    return Reflect.apply(key, receiver, args);
  } catch (cause) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new CacheError("refused", `its key selector threw "${reason}"`, { cause });
  }
}

/** Digests argument by argument: synchronously up to the first that needs time, a Blob. */
function digestArguments(
  bound: BoundArguments,
  identity: Identity,
  digests: (readonly [string, string])[] = [],
  hasBlobs: boolean = false,
): MaybePromise<PreparedCall> {
  for (let index = digests.length; index < bound.length; index++) {
    const [name, value] = bound[index] as BoundArguments[number];
    const digest = digestArgument(name, value);
    if (digest instanceof Promise) {
      return digest.then((hex) => digestArguments(bound, identity, [...digests, [name, hex]], true));
    }
    digests.push([name, digest]);
  }
  const key = callKey({ ...identity, arguments: digests });
  return { key, identity, bound, digests, hasBlobs };
}

/**
 * The digest of an argument; an AbortSignal among the options of a plain object is left out as one among the arguments is.
 *
 * @throws {DigestError} (or rejects) With the argument's name in the place of `$`.
 */
function digestArgument(name: string, value: unknown): MaybePromise<string> {
  const refused = (error: unknown): MaybePromise<string> => {
    const rest = withoutSignals(value);
    if (rest !== undefined) return digestArgument(name, rest);
    throw error instanceof DigestError ? new DigestError(name + error.path.slice(1), error.reason) : error;
  };
  try {
    const digest = digestNow(value);
    return digest instanceof Promise ? digest.catch(refused) : digest;
  } catch (error) {
    return refused(error);
  }
}

/** A plain object without the signals under its keys, as in `fetch(url, { signal })`; `undefined` where there are none. */
function withoutSignals(value: unknown): object | undefined {
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return undefined;
  }
  const properties = Object.getOwnPropertyDescriptors(value);
  const signals = Object.keys(properties).filter((key) => properties[key]?.value instanceof AbortSignal);
  if (signals.length === 0) return undefined;
  for (const key of signals) delete properties[key];
  return Object.defineProperties({}, properties);
}
