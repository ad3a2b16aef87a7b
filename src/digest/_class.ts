/**
 * Classes by their prototypes: the name of the class, the built-in kind that it extends, and whether its instances can
 * hide state. Whatever is in doubt is refused.
 *
 * @module
 */

// `as` here: `constructor` and `name` are read through descriptors, which are typed `any`.

import { kindOf } from "./_kinds.ts";

/** What is known of a class. */
export interface ClassFacts {
  /** Name of the class. */
  readonly name: string;
  /** Prototype of the built-in class that it extends, `Object.prototype` included; `null` without one. */
  readonly base: object | null;
}

/**
 * How source text shows state that own properties do not: private names and `accessor` fields, what compilers make of
 * them (helpers, and weak maps that `this` is put into). A `#name` in a text or comment looks the same and is refused,
 * too: telling them apart needs a parser, and would be the same on no two transpilers.
 */
const HIDDEN_STATE =
  /#[\p{ID_Start}$_\\]|\baccessor\s+[\p{ID_Start}$_[#"']|_*class_?private|__private|\.(?:set|add)\(\s*this\b/iu;

const facts: [plain: WeakMap<object, ClassFacts | string>, hooked: WeakMap<object, ClassFacts | string>] = [
  new WeakMap(),
  new WeakMap(),
];

/**
 * What the instances of a prototype are.
 *
 * @param prototype Prototype that is in no table of built-in ones.
 * @param isHooked Whether they say their state themselves, which makes hidden state no matter.
 * @returns The facts, or the reason why instances have no digest.
 */
export function classOf(prototype: object, isHooked: boolean): ClassFacts | string {
  const known = facts[isHooked ? 1 : 0];
  let found = known.get(prototype);
  if (found === undefined) {
    found = inspect(prototype, isHooked);
    known.set(prototype, found);
  }
  return found;
}

function inspect(prototype: object, isHooked: boolean): ClassFacts | string {
  const first = constructorOf(prototype);
  if (first === undefined) return withoutClass(prototype);
  const name: unknown = Object.getOwnPropertyDescriptor(first, "name")?.value;
  if (typeof name !== "string" || name === "") {
    return "its class has no name; name the class";
  }
  let at: object | null = prototype;
  while (at !== null && at !== Object.prototype && at !== Array.prototype && kindOf(at) === undefined) {
    const constructor = constructorOf(at);
    if (constructor === undefined) return withoutClass(at);
    if (!isHooked) {
      const reason = doubt(constructor, at, name);
      if (reason !== undefined) return reason;
    }
    at = Object.getPrototypeOf(at);
  }
  return { name, base: at };
}

/** The constructor that belongs to a prototype and to no other. */
function constructorOf(prototype: object): object | undefined {
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  if (typeof constructor !== "function") return undefined;
  return Object.getOwnPropertyDescriptor(constructor, "prototype")?.value === prototype
    ? constructor
    : undefined;
}

function withoutClass(prototype: object): string {
  const tag: unknown = (prototype as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
  if (typeof (prototype as { next?: unknown }).next === "function") {
    return `it is ${
      typeof tag === "string" ? `a "${tag}", ` : ""
    }a generator or iterator, which reading would use up; pass an array`;
  }
  return "its prototype belongs to no class; pass a plain object or an instance of a class";
}

/** Why instances of a class may have state that cannot be seen. */
function doubt(constructor: object, prototype: object, instance: string): string | undefined {
  const source = Function.prototype.toString.call(constructor);
  const name = String(Object.getOwnPropertyDescriptor(constructor, "name")?.value);
  if (isBuffer(constructor, name)) return undefined;
  if (/\{\s*\[native code\]\s*\}\s*$/.test(source) || isPlatform(constructor, prototype, name)) {
    return `it is a "${name}"${
      name === instance ? "" : ` (by its class "${instance}")`
    }, an object of the platform, which has no digest; pass the data that it is made of`;
  }
  if (HIDDEN_STATE.test(source)) {
    return `the source of its class "${name}" shows #private state or something like it, which cannot be seen; give the class a [digestSymbol]() method`;
  }
  return undefined;
}

/** Node's Buffer, which is a platform's class and yet nothing but a Uint8Array. */
function isBuffer(constructor: object, name: string): boolean {
  return name === "Buffer" && (globalThis as { Buffer?: unknown }).Buffer === constructor;
}

/**
 * Whether a class with readable source is the platform's all the same: Deno's are written in JavaScript, Bun's are
 * native, and the same objects must be refused in both. Assigning a class to `globalThis` makes it enumerable, the
 * platform's own are not.
 */
function isPlatform(constructor: object, prototype: object, name: string): boolean {
  const global = Object.getOwnPropertyDescriptor(globalThis, name);
  if (global !== undefined && !global.enumerable) {
    const value: unknown = (globalThis as Record<string, unknown>)[name];
    if (value === constructor) return true;
  }
  // File information of `node:fs` and the old URL of `node:url`, neither of which is a global.
  return "isBlockDevice" in prototype || "resolveObject" in prototype;
}
