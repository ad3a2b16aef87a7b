/**
 * Writes any value in canonical form: primitives, then objects by what they are. The frequent kinds come first.
 *
 * @module
 */

// `as` here: a function or object is asked for a property that it may have.

import { classOf } from "./_class.ts";
import { digestSymbol } from "./digest_symbol.ts";
import { hiddenBrand, isModuleNamespace, isProxy } from "./_introspection.ts";
import { kindOf, writeArray } from "./_kinds.ts";
import { Step } from "../_value_path.ts";
import { writeAllProperties } from "./_properties.ts";
import { TAG } from "./_tags.ts";
import type { Walk } from "./_walk.ts";

const objectPrototype: object = Object.prototype;
const arrayPrototype: object = Array.prototype;
const HOOK_STEP = new Step("[digestSymbol]()");
const KEPT_STEP = new Step("{kept}");

/** Writes a value. */
export function writeValue(walk: Walk, value: unknown): void {
  const { out } = walk;
  switch (typeof value) {
    case "string":
      return out.string(value);
    case "number":
      return out.number(value);
    case "object":
      return value === null ? out.tag(TAG.null) : writeObject(walk, value);
    case "boolean":
      return out.tag(value ? TAG.true : TAG.false);
    case "undefined":
      return out.tag(TAG.undefined);
    case "bigint":
      out.tag(TAG.bigint);
      return out.string(value.toString(16));
    case "symbol":
      return writeSymbol(walk, value);
    default:
      if (!writeStandIn(walk, value as object)) refuseFunction(walk, value);
  }
}

function writeObject(walk: Walk, value: object): void {
  const { out } = walk;
  if (isProxy(value)) walk.refuse("it is a Proxy, which can answer differently each time; pass its target");
  const index = walk.visit(value);
  if (index >= 0) {
    out.tag(TAG.reference);
    return out.length(index);
  }
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === objectPrototype) return writePlain(walk, value, TAG.object);
  if (prototype === arrayPrototype) return writeArray(walk, value);
  if (prototype === null) return writePlain(walk, value, TAG.nullPrototype);
  const kind = kindOf(prototype);
  if (kind !== undefined) return kind(walk, value);
  writeInstance(walk, value, prototype);
}

/** An object that is nothing but its own properties. */
function writePlain(walk: Walk, value: object, tag: number): void {
  if (tag === TAG.nullPrototype) refuseBrand(walk, value);
  walk.out.tag(tag);
  // What has no properties may hold its state in internal slots, behind a prototype that was set.
  if (!writeAllProperties(walk, value)) refuseBrand(walk, value);
}

function writeInstance(walk: Walk, value: object, prototype: object): void {
  const { out } = walk;
  if (value === globalThis) walk.refuse("it is globalThis");
  const hook = (value as { [digestSymbol]?: unknown })[digestSymbol];
  const found = classOf(prototype, typeof hook === "function");
  if (typeof found === "string") {
    if (writeStandIn(walk, value)) return;
    // In Bun a module namespace has a prototype of its own.
    walk.refuse(isModuleNamespace(value) ? "it is a module namespace; pass what is needed of it" : found);
  }
  if (typeof hook === "function") {
    const state: unknown = hook.call(value);
    if (state === value) walk.refuse("its [digestSymbol]() returns the instance itself and not its state");
    out.tag(TAG.hook);
    out.string(found.name);
    walk.enter();
    walk.at(HOOK_STEP);
    writeValue(walk, state);
    return walk.leave();
  }
  out.tag(TAG.class);
  out.string(found.name);
  if (found.base === arrayPrototype) return writeArray(walk, value);
  const kind = found.base === null || found.base === objectPrototype ? undefined : kindOf(found.base);
  if (kind !== undefined) return kind(walk, value);
  refuseBrand(walk, value);
  out.tag(found.base === null ? TAG.nullPrototype : TAG.object);
  writeAllProperties(walk, value);
}

/** What is kept in the place of a function or an instance, under the hook's tag and a name that no class has. */
function writeStandIn(walk: Walk, value: object): boolean {
  const kept = walk.standIn?.(value);
  if (kept === undefined) return false;
  walk.out.tag(TAG.hook);
  walk.out.string("fleche:kept");
  walk.enter();
  walk.at(KEPT_STEP);
  writeValue(walk, kept);
  walk.leave();
  return true;
}

function refuseBrand(walk: Walk, value: object): void {
  const brand = hiddenBrand(value);
  if (brand !== undefined) walk.refuse(`it is ${brand}, behind a prototype that does not say so`);
}

function writeSymbol(walk: Walk, value: symbol): void {
  const key = Symbol.keyFor(value);
  if (key === undefined) {
    walk.refuse(`it is ${String(value)}, which is the same nowhere else; use Symbol.for or a string`);
  }
  walk.out.tag(TAG.symbol);
  walk.out.string(key);
}

function refuseFunction(walk: Walk, value: unknown): never {
  const name = (value as { name?: unknown }).name;
  const named = typeof name === "string" && name !== "" ? ` "${name}"` : "";
  const isClass = /^class\b/.test(Function.prototype.toString.call(value));
  walk.refuse(
    `it is a ${
      isClass ? "class" : "function"
    }${named}, whose behaviour has no digest; pass its name or the data that it works on`,
  );
}
