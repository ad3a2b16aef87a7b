/**
 * The own properties of objects: which ones count, in which order, in what form.
 *
 * @module
 */
import { hiddenBrand } from "./_introspection.ts";
import type { Walk } from "./_walk.ts";
import { writeValue } from "./_value.ts";

/** Up to this many keys an insertion sort is faster than the runtime's. */
const FEW_KEYS = 24;

/** Sorts strings in place by UTF-16 code units. */
export function sortKeys(keys: string[]): string[] {
  if (keys.length > FEW_KEYS) return keys.sort();
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] ?? "";
    let j = i - 1;
    for (let before = keys[j]; j >= 0 && before !== undefined && before > key; before = keys[--j]) {
      keys[j + 1] = before;
    }
    keys[j + 1] = key;
  }
  return keys;
}

/**
 * Writes an object whose whole state is its own properties, none of which may be hidden.
 *
 * @returns Whether it has any enumerable ones under string keys.
 */
export function writeAllProperties(walk: Walk, value: object): boolean {
  const keys = Object.keys(value);
  if (Object.getOwnPropertyNames(value).length !== keys.length) refuseHidden(walk, value);
  writeProperties(walk, value, keys);
  return keys.length > 0;
}

/**
 * Writes the properties that an object has beside what its kind says of it.
 *
 * @param keys Its own enumerable string keys that count; sorted in place.
 * @param internal Symbols that the runtime itself puts on objects of the kind.
 */
export function writeProperties(
  walk: Walk,
  value: object,
  keys: string[],
  internal?: ReadonlySet<symbol>,
): void {
  const own = Object.getOwnPropertySymbols(value);
  const symbols = own.length === 0 ? own : registered(walk, value, own, internal);
  const count = keys.length + symbols.length;
  const { out } = walk;
  out.length(count);
  if (count === 0) return;
  const record: Record<PropertyKey, unknown> = value as Record<PropertyKey, unknown>;
  walk.enter();
  sortKeys(keys);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] ?? "";
    walk.at(key);
    out.string(key);
    writeValue(walk, record[key]);
  }
  for (const symbol of symbols) {
    walk.at(symbol);
    writeValue(walk, symbol);
    writeValue(walk, record[symbol]);
  }
  walk.leave();
}

function registered(
  walk: Walk,
  value: object,
  symbols: readonly symbol[],
  internal: ReadonlySet<symbol> | undefined,
): symbol[] {
  const kept = new Map<string, symbol>();
  for (const symbol of symbols) {
    const key = Symbol.keyFor(symbol);
    if (key === undefined) {
      if (internal?.has(symbol)) continue;
      walk.refuse(
        `it has a property under ${
          String(symbol)
        }, which is not registered by Symbol.for; give its class a [digestSymbol]() method`,
      );
    }
    if (!Object.prototype.propertyIsEnumerable.call(value, symbol)) {
      walk.refuse(`it has a hidden property ${String(symbol)}; give its class a [digestSymbol]() method`);
    }
    kept.set(key, symbol);
  }
  const sorted: symbol[] = [];
  for (const key of sortKeys([...kept.keys()])) {
    const symbol = kept.get(key);
    if (symbol !== undefined) sorted.push(symbol);
  }
  return sorted;
}

function refuseHidden(walk: Walk, value: object): never {
  const brand = value === globalThis ? "globalThis" : hiddenBrand(value);
  if (brand !== undefined) walk.refuse(`it is ${brand}`);
  const hidden = Object.getOwnPropertyNames(value)
    .find((key) => !Object.prototype.propertyIsEnumerable.call(value, key));
  walk.refuse(
    `its property "${hidden}" is not enumerable, so its state may be hidden; pass a plain object, or give its class a [digestSymbol]() method`,
  );
}
