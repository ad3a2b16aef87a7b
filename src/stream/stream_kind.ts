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
 * iterators, or a plain object that is iterable. Instances of classes that are iterable are not: a generator in their place
 * would lack what else they have.
 */
export function isStream(result: unknown): result is object {
  if (typeof result !== "object" || result === null) return false;
  return result instanceof ReadableStream || result instanceof Response || isIterable(result);
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
