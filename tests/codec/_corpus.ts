/** One value of every kind that the codec keeps, by name: for golden bytes, for fuzzing, and for other readers. */

function error<E extends Error>(made: E, own: object = {}): E {
  // Stacks differ from one runtime to the next.
  made.stack = `${made.name}: ${made.message}\n    at work (src/work.ts:3:7)`;
  return Object.assign(made, own);
}

function viewsOf(bytes: number[]): Record<string, unknown> {
  const buffer = new Uint8Array([99, ...new Array(7).fill(98), ...bytes, 97]).buffer;
  const found: Record<string, unknown> = {};
  for (
    const View of [
      Uint8Array,
      Uint8ClampedArray,
      Int8Array,
      Uint16Array,
      Int16Array,
      Uint32Array,
      Int32Array,
      BigUint64Array,
      BigInt64Array,
      Float16Array,
      Float32Array,
      Float64Array,
    ]
  ) {
    found[`${View.name} with an offset`] = new View(buffer, 8, bytes.length / View.BYTES_PER_ELEMENT);
  }
  found["DataView with an offset"] = new DataView(buffer, 3, 9);
  return found;
}

/** The values, made anew. */
export function corpus(): Record<string, unknown> {
  const shared = { name: "shared" };
  const cycle: Record<string, unknown> = { list: [] };
  (cycle["list"] as unknown[]).push(cycle, cycle["list"]);
  const map = new Map<unknown, unknown>();
  map.set(map, "itself").set("set", new Set([map]));
  const cause = error(new RangeError("too far"));
  const itself = error(new Error("itself"));
  itself.cause = itself;
  Object.defineProperty(itself, "cause", { enumerable: false });
  const sticky = /a+/gy;
  sticky.lastIndex = 3;
  return {
    "null": null,
    "undefined": undefined,
    "true": true,
    "false": false,
    "integers": [0, 1, 23, 24, 255, 256, 65535, 65536, 4294967295, 4294967296, Number.MAX_SAFE_INTEGER],
    "negative integers": [
      -1,
      -24,
      -25,
      -256,
      -257,
      -65536,
      -65537,
      -4294967296,
      -4294967297,
      Number.MIN_SAFE_INTEGER,
    ],
    "floats": [-0, 0.5, 0.1, 1e300, 5e-324, 2 ** 53, -(2 ** 64), 3.4e38, NaN, Infinity, -Infinity],
    "bigints": [0n, 5n, -1n, 255n, -256n, 2n ** 64n, -(2n ** 64n), 2n ** 200n + 1n, -(3n ** 150n)],
    "strings": [
      "",
      "a",
      "x".repeat(23),
      "x".repeat(24),
      "ü".repeat(23),
      "€ 𝄞",
      "\ufeffBOM",
      "\0",
      "z".repeat(300),
    ],
    "long strings": ["é".repeat(60), "𝄞".repeat(200), `\ufeff${"y".repeat(70)}`],
    "lone surrogates": ["\ud800", "a\udc00b", "\udc00\ud800", `${"long ".repeat(30)}\ud801`],
    "symbol": Symbol.for("fleche.test"),
    "array": [1, [2, [3, []]], "four"],
    "holes": [1, , undefined, , ,],
    "array with a name": Object.assign([1, 2], { name: "pair" }),
    "match": /b(?<c>c)/.exec("abc"),
    "object": { b: 1, a: { "": null, "ключ": [true], "1": "first" } },
    "own __proto__": JSON.parse('{"a":1,"__proto__":{"polluted":true},"z":2}'),
    "names of Object.prototype": { constructor: 1, toString: 2, hasOwnProperty: 3, "\ud800": 4 },
    "null prototype": Object.assign(Object.create(null), { a: 1, ["__proto__"]: 2 }),
    "Map": new Map<unknown, unknown>([["a", 1], [1, "a"], [1n, null], [NaN, undefined], [
      undefined,
      new Map(),
    ]]),
    "Map with objects as keys": new Map<unknown, unknown>([[{ a: 1 }, 1], [{ a: 1 }, 2], ["b", {}]]),
    "Set": new Set<unknown>(["b", 1, 1n, NaN, null, undefined, "a"]),
    "Set of objects": new Set<unknown>([[1], [1], "x"]),
    "Date": [
      new Date(0),
      new Date(1_700_000_000_123),
      new Date(-1),
      new Date(8.64e15),
      new Date(-8.64e15 + 1),
    ],
    "invalid Date": new Date(NaN),
    "RegExp": [/a\/b/giu, new RegExp(""), /[\p{L}a]/v],
    "RegExp in use": sticky,
    "URL": new URL("https://user:pw@example.org:8080/a%20b?q=ü#x"),
    "URLSearchParams": new URLSearchParams([["a", "1"], ["a", "&="], ["ü", ""]]),
    "Headers": new Headers([["content-type", "text/plain"], ["x-a", "1"], ["set-cookie", "a=1"], [
      "set-cookie",
      "b=2",
    ]]),
    "ArrayBuffer": new Uint8Array([1, 2, 3]).buffer,
    "Buffer": Buffer.from("bytes"),
    ...viewsOf([0, 1, 2, 3, 0, 60, 254, 255, 0, 0, 0, 0, 0, 0, 240, 63]),
    "empty views": [new Uint8Array(), new Float64Array(), new ArrayBuffer(0)],
    "Error": error(new Error("broken")),
    "Error without a message": error(new Error()),
    "errors": [
      error(new TypeError("wrong", { cause }), { code: "E_WRONG", details: { at: 3 } }),
      error(new AggregateError([cause, "not an error"], "many")),
      error(new EvalError("a")),
      error(new ReferenceError("b")),
      error(new SyntaxError("c")),
      error(new URIError("d", { cause: undefined })),
    ],
    "Error that is its own cause": itself,
    "boxed": [Object(true), Object(-0), Object("text"), Object(5n), Object(Symbol.for("boxed"))],
    "Temporal": [
      Temporal.Instant.from("2024-02-29T12:34:56.123456789Z"),
      Temporal.PlainDate.from("2024-02-29[u-ca=hebrew]"),
      Temporal.PlainDateTime.from("2024-02-29T01:02:03.000000004"),
      Temporal.PlainTime.from("23:59:59.999999999"),
      Temporal.PlainYearMonth.from("2024-02"),
      Temporal.PlainMonthDay.from("02-29"),
      Temporal.Duration.from({ hours: -1, milliseconds: -1500, nanoseconds: -7 }),
      Temporal.ZonedDateTime.from("1950-07-01T00:00:00[Africa/Monrovia]"),
    ],
    "shared": [shared, { again: shared }, shared],
    "not shared": [{ a: 1 }, { a: 1 }],
    "cycle": cycle,
    "Map in itself": map,
    "record": {
      id: 1234,
      name: "Ada Lovelace",
      tags: ["a", "b", "c"],
      nested: { score: 1.5, active: true, gone: null },
    },
  };
}
