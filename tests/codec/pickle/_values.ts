/** Generated values: plain data, and everything that the codecs keep. */
import fc from "fast-check";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 }).map((units) =>
    String.fromCharCode(...units)
  ),
  fc.constantFrom("__proto__", "constructor", "length", "0", ""),
);

/** Primitives that plain data has. */
export const plainLeaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, true, false, -0, NaN, Infinity, -Infinity),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.float(),
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }),
  text,
);

/** All primitives that are kept. */
const leaf: fc.Arbitrary<unknown> = fc.oneof(plainLeaf, text.map((key) => Symbol.for(key)));

/** Objects of plain data that hold no others. */
export const plainObject: fc.Arbitrary<object> = fc.oneof(
  fc.date({ noInvalidDate: false }),
  fc.uint8Array({ maxLength: 80 }),
  fc.tuple(fc.uint8Array({ minLength: 8, maxLength: 64 }), fc.nat(7)).chain(([bytes, offset]) =>
    fc.constantFrom<object>(
      bytes.slice().buffer,
      new DataView(bytes.slice().buffer, offset),
      new Uint8ClampedArray(bytes.slice().buffer, offset),
      new Int16Array(bytes.slice(0, 8).buffer, offset & 6),
      new Float64Array(bytes.slice(0, 8).buffer),
      new BigInt64Array(bytes.slice(0, 8).buffer),
      new Float16Array(bytes.slice(0, 8).buffer, 2),
    )
  ),
  fc.tuple(fc.nat(3), fc.nat(3), fc.nat(2)).map((shape) =>
    Object.assign(new Float32Array(shape.reduce((a, b) => a * b, 1)), { shape })
  ),
);

/** All objects that hold no others. */
const leafObject: fc.Arbitrary<object> = fc.oneof(
  plainObject,
  fc.webUrl().map((url) => new URL(url)),
  leaf.filter((value) => value !== null && value !== undefined).map((value): object => Object(value)),
  fc.tuple(
    fc.constantFrom("a.c", "(?<n>x)|y", "", "/", "\n"),
    fc.constantFrom("", "g", "giy", "du"),
    fc.nat(9),
  )
    .map(([source, flags, lastIndex]) => Object.assign(new RegExp(source, flags), { lastIndex })),
  fc.array(fc.tuple(fc.string(), fc.string())).map((pairs) => new URLSearchParams(pairs)),
);

const PLAIN = ["object", "null prototype", "array", "holes", "Map", "Set"] as const;
const ALL = [...PLAIN, "Error", "AggregateError"] as const;

/** A step of a graph: a kind of object, and what stands in it: leaves, or other objects of the graph by number. */
function nodeOf(kinds: readonly Kind[], leaves: fc.Arbitrary<unknown>): fc.Arbitrary<Node> {
  const content = fc.record({ key: text, reference: fc.option(fc.nat(), { freq: 2 }), leaf: leaves });
  return fc.record({ kind: fc.constantFrom(...kinds), contents: fc.array(content, { maxLength: 6 }) });
}

type Kind = typeof ALL[number];

interface Node {
  readonly kind: Kind;
  readonly contents: readonly {
    readonly key: string;
    readonly reference: number | null;
    readonly leaf: unknown;
  }[];
}

function createdFor(kind: Kind): object {
  switch (kind) {
    case "object":
      return {};
    case "null prototype":
      return Object.create(null);
    case "Map":
      return new Map();
    case "Set":
      return new Set();
    case "Error":
      return new TypeError("made");
    case "AggregateError":
      return new AggregateError([], "made");
    default:
      return [];
  }
}

/** Objects that hold leaves, each other and themselves; the first of them is the root. */
function graphOf(nodes: readonly Node[]): object | undefined {
  const objects = nodes.map(({ kind }) => createdFor(kind));
  nodes.forEach(({ kind, contents }, i) => {
    const object = objects[i];
    contents.forEach(({ key, reference, leaf }, at) => {
      const value = reference === null ? leaf : objects[reference % objects.length];
      if (object instanceof Map) object.set(at % 2 === 0 ? key : value, value);
      else if (object instanceof Set) object.add(value);
      else if (Array.isArray(object)) object[kind === "holes" ? at * 2 + 1 : at] = value;
      else if (object !== undefined) {
        const hidden = object instanceof Error && at === 0;
        const properties = { value, enumerable: !hidden, writable: true, configurable: true };
        Object.defineProperty(object, hidden ? "cause" : key === "stack" ? "trace" : key, properties);
      }
    });
  });
  return objects[0];
}

const graphsOf = (node: fc.Arbitrary<Node>): fc.Arbitrary<unknown> =>
  fc.array(node, { minLength: 1, maxLength: 9 }).map(graphOf);

/** Values of plain data. */
export const plainValue: fc.Arbitrary<unknown> = fc.oneof(
  plainLeaf,
  plainObject,
  { weight: 4, arbitrary: graphsOf(nodeOf(PLAIN, fc.oneof(plainLeaf, plainObject))) },
);

/** Values of every kind. */
export const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  leaf,
  leafObject,
  { weight: 4, arbitrary: graphsOf(nodeOf(ALL, fc.oneof(leaf, leafObject))) },
);
