/** A value as Python's source would have it, for reading what a `PickleObject` tells. */
import { PickleObject } from "../../../src/codec/pickle_object.ts";

/** Describes a value; objects that stand in themselves are `…` there. */
export function told(value: unknown, within: readonly object[] = []): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  if (within.includes(value)) return "…";
  const inner = [...within, value];
  const list = (values: readonly unknown[]): string => values.map((each) => told(each, inner)).join(", ");
  if (value instanceof PickleObject) return toldObject(value, list, inner);
  if (Array.isArray(value)) return `[${list(value)}]`;
  if (value instanceof Map) {
    return `Map{${[...value].map(([key, each]) => `${told(key, inner)}: ${told(each, inner)}`).join(", ")}}`;
  }
  if (value instanceof Set) return `Set{${list([...value])}}`;
  if (ArrayBuffer.isView(value)) {
    const { shape, dtype } = value as { shape?: readonly number[]; dtype?: string };
    const elements = list([...value as unknown as Iterable<unknown>]);
    return `${value.constructor.name}[${elements}]${shape === undefined ? "" : ` of ${shape.join("×")}`}${
      dtype === undefined ? "" : ` ${dtype}`
    }`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype) return `${value.constructor.name} ${JSON.stringify(value)}`;
  return `{${
    Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${told(each, inner)}`).join(", ")
  }}`;
}

function toldObject(
  object: PickleObject,
  list: (values: readonly unknown[]) => string,
  inner: readonly object[],
): string {
  const { module, name, kind, args, kwargs, callee, items, entries, setter, state } = object;
  let text = callee === undefined ? `${module}.${name}` : `(${told(callee, inner)})`;
  if (kind === "new") text += ".__new__";
  if (kind !== "global") text += `(${list(args)}${kwargs === undefined ? "" : `, **${told(kwargs, inner)}`})`;
  if (items !== undefined) text += ` + [${list(items)}]`;
  if (entries !== undefined) {
    text += ` + {${entries.map(([key, each]) => `${told(key, inner)}: ${told(each, inner)}`).join(", ")}}`;
  }
  const by = setter === undefined ? "" : ` by ${told(setter, inner)}`;
  return state === undefined ? text : `${text} with ${told(state, inner)}${by}`;
}
