/**
 * What the language does not tell of an object and the runtimes do, by `node:util`: proxies, hidden brands, and
 * whether an array has properties beside its elements. Where there is no `node:util`, proxies are not detectable.
 *
 * @module
 */
import { builtin } from "../_runtime.ts";

type Util = ReturnType<typeof builtin<"node:util">>;

/** Above this many elements, listing the keys of an array takes longer than having it inspected. */
const INSPECTED_LENGTH = 256;

let util: Util | undefined;
let isLoaded = false;
let proxyTest: ((value: unknown) => boolean) | undefined;

function load(): Util | undefined {
  if (!isLoaded) {
    isLoaded = true;
    try {
      util = builtin("node:util");
    } catch {
      util = undefined;
    }
  }
  return util;
}

/** Whether an object or function is a Proxy, which could say anything of itself. */
export function isProxy(value: unknown): boolean {
  proxyTest ??= load()?.types.isProxy ?? ((): boolean => false);
  return proxyTest(value);
}

/** Whether an object is what `import * as` gives. */
export function isModuleNamespace(value: unknown): boolean {
  return load()?.types.isModuleNamespaceObject(value) ?? false;
}

/**
 * What an object is by its internal slots, whatever its prototype says; `undefined` when it has none that are known.
 */
export function hiddenBrand(value: object): string | undefined {
  const types = load()?.types;
  if (types === undefined) return undefined;
  if (ArrayBuffer.isView(value)) return "a view of an ArrayBuffer";
  if (types.isAnyArrayBuffer(value)) return "an ArrayBuffer";
  if (types.isArgumentsObject(value)) return "an arguments object; spread it into an array";
  if (isModuleNamespace(value)) return "a module namespace";
  if (types.isMap(value)) return "a Map";
  if (types.isSet(value)) return "a Set";
  if (types.isDate(value)) return "a Date";
  if (types.isRegExp(value)) return "a RegExp";
  if (types.isNativeError(value)) return "an Error";
  if (types.isBoxedPrimitive(value)) return "a boxed primitive";
  if (types.isPromise(value)) return "a Promise";
  if (types.isWeakMap(value)) return "a WeakMap";
  if (types.isWeakSet(value)) return "a WeakSet";
  if (types.isGeneratorObject(value)) return "a generator";
  if (types.isMapIterator(value) || types.isSetIterator(value)) return "an iterator";
  return undefined;
}

/**
 * Whether an array or typed array surely has no enumerable properties beside its elements. Listing its keys would take
 * many times as long as its digest; `inspect` knows without touching the elements. Anything unexpected in its answer
 * counts as no.
 */
export function hasOnlyElements(value: object, length: number, isTyped: boolean): boolean {
  if (length < INSPECTED_LENGTH) return false;
  const text = load()?.inspect(value, {
    maxArrayLength: 0,
    depth: 0,
    customInspect: false,
    showHidden: false,
    breakLength: Infinity,
    colors: false,
  });
  if (text === undefined) return false;
  const expected = `[ ... ${length} more items ]`;
  if (!isTyped) return text === expected;
  return text.endsWith(expected) && text.indexOf("[ ...") === text.length - expected.length &&
    /^[\w$]+\(\d+\) (?:\[[\w$]+\] )?$/.test(text.slice(0, -expected.length));
}
