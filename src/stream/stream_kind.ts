/**
 * Which results are streams. Asked of every result that is computed: nothing is loaded for it.
 *
 * @module
 */

// `as` here: what an iterator is, TypeScript cannot tell of an unknown object.

const asyncIteratorPrototype: object = Object.getPrototypeOf(
  Object.getPrototypeOf(Object.getPrototypeOf((async function* () {})())),
);
const iteratorPrototype: object = Object.getPrototypeOf(
  Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())),
);

/**
 * Whether a result is read as a stream: a `ReadableStream`, a `Response`, a generator or another of the language's own
 * iterators, or a plain object that is iterable. Instances of classes that are iterable, or that extend these, are not: what
 * is given in their place would lack what else they have.
 */
export function isStream(result: unknown): result is object {
  if (typeof result !== "object" || result === null) return false;
  return isBare(result, ReadableStream) || isBare(result, Response) || isIterable(result);
}

/** Tells the source of a stream that nobody reads it; what it says to that is nobody's any more. */
export async function discardStream(result: object): Promise<void> {
  try {
    if (result instanceof Response) await result.body?.cancel();
    else if (result instanceof ReadableStream) await result.cancel();
    else await (result as Partial<AsyncIterator<unknown>>).return?.();
  } catch {
    // Somebody else reads it.
  }
}

/** Whether a result is a Blob or a File that can be kept: like {@linkcode isStream}, no more than that. */
export function isBlob(result: unknown): result is Blob {
  return typeof result === "object" && result !== null && (isBare(result, Blob) || isBare(result, File));
}

/** Whether an object is one of a class of the platform and nothing more: a hit would lack what a subclass adds to it. */
function isBare(object: object, { prototype }: { readonly prototype: object }): boolean {
  return Object.getPrototypeOf(object) === prototype && Object.keys(object).length === 0;
}

function isSyncIterator(result: unknown): result is IterableIterator<unknown> {
  return typeof result === "object" && result !== null && isPlainOr(result, iteratorPrototype) &&
    hasMethod(result, Symbol.iterator);
}

/**
 * What a result is given as: an iterator that answers at once becomes one that answers later, on a miss and uncached as it
 * is on a hit; everything else is given as it is.
 */
export function toAsyncIterator(result: unknown): unknown {
  return isSyncIterator(result) ? eachOf(result) : result;
}

async function* eachOf(iterable: Iterable<unknown>): AsyncGenerator<unknown, unknown> {
  return yield* iterable;
}

function isIterable(result: object): boolean {
  return isPlainOr(result, asyncIteratorPrototype) && hasMethod(result, Symbol.asyncIterator) ||
    isSyncIterator(result);
}

/** What a plain object may have beside being iterable: a generator in its place would lack anything else. */
const ITERATION: ReadonlySet<PropertyKey> = new Set([
  Symbol.iterator,
  Symbol.asyncIterator,
  Symbol.asyncDispose,
  Symbol.dispose,
  Symbol.toStringTag,
  "next",
  "return",
  "throw",
]);

function isPlainOr(object: object, base: object): boolean {
  if (Object.prototype.isPrototypeOf.call(base, object)) return true;
  const prototype: unknown = Object.getPrototypeOf(object);
  return (prototype === Object.prototype || prototype === null) &&
    Reflect.ownKeys(object).every((key) => ITERATION.has(key));
}

function hasMethod(object: object, name: symbol): boolean {
  return typeof (object as Record<symbol, unknown>)[name] === "function";
}
