import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { parseToml } from "../../src/config/parse_toml.ts";
import { readSettings } from "../../src/config/settings.ts";
import { ConfigError } from "../../src/errors.ts";
import { seedExamples } from "./_seed.ts";

const source = { file: "/c/cache.toml" };
const plain = (text: string): unknown => JSON.parse(JSON.stringify(parseToml(text, source)));

const readable: readonly [says: string, text: string, means: unknown][] = [
  ["dotted keys", `values.type = "A"\nvalues.inner.type = "B"`, {
    values: { type: "A", inner: { type: "B" } },
  }],
  ["spaces around dots", `values . type = "A"`, { values: { type: "A" } }],
  ["tables below a section", `[a.values]\ntype = "A"\n[a.calls]\ntype = "B"`, {
    a: { values: { type: "A" }, calls: { type: "B" } },
  }],
  ["dotted keys, then a table below", `[a]\nvalues.type = "A"\n[a.calls]\ntype = "B"`, {
    a: { values: { type: "A" }, calls: { type: "B" } },
  }],
  ["inline tables", `a = { values = { type = "A", inner = { type = "B" } }, calls.type = "C" }`, {
    a: { values: { type: "A", inner: { type: "B" } }, calls: { type: "C" } },
  }],
  ["comments", `# one\n[a] # two\nx = "#" # three\n# four`, { a: { x: "#" } }],
  ["quoted keys", `["a b"]\n"c.d" = 1\n'e"f' = 2`, { "a b": { "c.d": 1, 'e"f': 2 } }],
  ["lists over several lines", `metadata = [ # all\n  "Runtime", # one\n  "CallInfo",\n]`, {
    metadata: ["Runtime", "CallInfo"],
  }],
  ["literal strings", `root = 'C:\\Users\\me'`, { root: "C:\\Users\\me" }],
  ["escapes", `root = "C:\\\\Users \\u00e9"`, { root: "C:\\Users é" }],
  ["CRLF", `[a]\r\nx = 1 # c\r\ny = [\r\n 1,\r\n 2\r\n]\r\n`, { a: { x: 1, y: [1, 2] } }],
  ["tabs and indentation", `\t[a]\n\t\tx\t=\t1`, { a: { x: 1 } }],
  ["section names of Object.prototype", `[constructor]\nvalues.x = 1\n[toString]\nx = 2`, {
    constructor: { values: { x: 1 } },
    toString: { x: 2 },
  }],
  ["nothing", ``, {}],
  ["comments alone", `# nothing\n\n`, {}],
];
for (const [says, text, means] of readable) {
  test(`parseToml reads ${says}`, () => assert.deepEqual(plain(text), means));
}

/** At most this long, in milliseconds, on a busy machine (half a second on an idle one); a hang would be minutes. */
const BOUND_MS = 10_000;
const KIB64 = 64 * 1024;
const fill = (piece: string) => piece.repeat(KIB64 / piece.length);
const numbered = (make: (index: number) => string, count: number) =>
  Array.from({ length: count }, (_, i) => make(i));

const hostile: readonly [says: string, text: string][] = [
  ["arrays 10,000 deep", "a = " + "[".repeat(10_000) + "]".repeat(10_000)],
  ["arrays never closed", "a = " + fill("[")],
  ["inline tables 10,000 deep", "a = " + "{a=".repeat(10_000) + "1" + "}".repeat(10_000)],
  ["inline tables 900 deep", "a = " + "{a=".repeat(900) + "1" + "}".repeat(900)],
  ["arrays 2,000 deep", "a = " + "[".repeat(2000) + "]".repeat(2000)],
  ["a dotted key 10,000 deep", "a.".repeat(10_000) + "a = 1"],
  ["two dotted keys 10,000 deep", `${"a.".repeat(10_000)}a = 1\n${"a.".repeat(10_000)}b = 1`],
  ["a section 10,000 deep", `[${"a.".repeat(10_000)}a]\nx = 1`],
  ["two sections 16,000 deep", `[${"a.".repeat(16_000)}a]\n[${"a.".repeat(16_000)}b]`],
  ["a storage 9,000 deep", `[a]\nvalues.${"inner.".repeat(9000)}type = "CompressedStorage"`],
  ["8,000 keys in one section", numbered((i) => `k${i}=1`, 8000).join("\n")],
  ["1,000 keys in one section", numbered((i) => `k${i}=1`, 1000).join("\n")],
  ["1,000 keys in one inline table", `a={${numbered((i) => `k${i}=1`, 998).join(",")}}`],
  ["10,000 sections", numbered((i) => `[s${i}]`, 8000).join("\n")],
  ["16,000 sections of one name", fill("[a]\n")],
  ["spaces without end", "a = 1\n" + fill(" ") + "\nb"],
  ["a number without end", "a = 1" + fill("1") + "x"],
  ["a string that is not closed", 'a = "' + fill("x")],
  ["backslashes without end", 'a = "' + fill("\\\\")],
  ["a key without end", fill("k")],
  ["quotes without end", fill('"')],
  ["brackets without end", fill("[a.")],
];
for (const [says, text] of hostile) {
  test(`parseToml is done in time with ${says}`, { timeout: 60_000 }, () => {
    const start = performance.now();
    assert.throws(() => readSettings(parseToml(text, source), source), ConfigError);
    const tookMs = performance.now() - start;
    assert(tookMs < BOUND_MS, `${tookMs} ms`);
  });
}

const polluting: readonly [says: string, text: string][] = [
  ["a section name", `[__proto__]\npolluted = 1`],
  ["a section below another", `[a.b]\nx = 1\n[a.__proto__.polluted]\ny = 1`],
  ["a section below a string", `a = ["s"]\n[a.__proto__.polluted]\ny = 1`],
  ["a section below a date", `a = 1979-05-27\n[a.__proto__.polluted]\ny = 1`],
  ["a section in a list", `[[a.b]]\n[[a.__proto__.polluted]]\ny = 1`],
  ["a dotted key", `__proto__.polluted = 1`],
  ["an inline table", `a = { __proto__ = { polluted = 1 } }`],
  ["a quoted key", `[a.b]\nx = 1\n[a."__proto__".polluted]\ny = 1`],
  ["a literal key", `[a.b]\nx = 1\n[a.'__proto__'.polluted]\ny = 1`],
  ["an escaped letter", `[a.b]\nx = 1\n[a."__pr\\u006fto__".polluted]\ny = 1`],
  ["escaped letters", `[a.b]\nx = 1\n[a."\\u005F\\u005f\\u0070\\u0072\\u006F\\u0074o__".polluted]\ny = 1`],
  ["a long escape", `[a.b]\nx = 1\n[a."\\U00005F_proto__".polluted]\ny = 1`],
  ["a sloppy escape", `[a.b]\nx = 1\n[a."__prot\\u6f".polluted]\ny = 1`],
  ["constructor.prototype", `[a.b]\nx = 1\n[a.constructor.prototype.polluted]\ny = 1`],
];
for (const [says, text] of polluting) {
  test(`parseToml pollutes no prototype through ${says}`, () => {
    try {
      assert.throws(() => readSettings(parseToml(text, source), source), ConfigError);
      for (const value of [{}, [], "", 1, new Date(), () => {}]) {
        assert.equal((value as { polluted?: unknown }).polluted, undefined);
      }
    } finally {
      // So that one failure does not make the others.
      for (const each of [Object, String, Date, Array, Function]) {
        Reflect.deleteProperty(each.prototype, "polluted");
      }
    }
  });
}

test("parseToml shows no line of the text, which may hold a secret", () => {
  for (
    const text of [`key = hunter2`, `key = "hunter2`, `key = """hunter2`, `key = 'hunter2`, `key "hunter2"`]
  ) {
    assert.throws(() => parseToml(text, source), (error) => {
      assert(error instanceof ConfigError);
      assert(!error.message.includes("hunter2"), error.message);
      return true;
    });
  }
});

test("parseToml gives settings or a ConfigError for every mutilation of the seed's examples", {
  timeout: 60_000,
}, () => {
  const pieces = fc.constantFrom(
    ...[
      '"',
      "'",
      '"""',
      "[",
      "]",
      "[[",
      "]]",
      "{",
      "}",
      ".",
      ",",
      "=",
      "\n",
      "\r",
      "\\",
      "\\u005f",
      "#",
      " ",
      "\t",
      "\0",
    ],
    ...[
      "default",
      "values",
      "inner",
      "type",
      "constructor",
      "toString",
      "length",
      "1",
      "true",
      "inf",
      "1979-05-27",
      "é",
    ],
    ...[
      "[compressed.values.inner]",
      "[compressed.constructor.prototype]",
      "[persistent.values]",
      "a = [1]\n[a.length]",
    ],
  );
  const edit = fc.record({
    at: fc.nat(),
    remove: fc.nat({ max: 30 }),
    insert: fc.array(pieces, { maxLength: 3 }),
  });
  const own = Reflect.ownKeys(Object.prototype).length;
  fc.assert(
    fc.property(
      fc.constantFrom(...seedExamples),
      fc.array(edit, { minLength: 1, maxLength: 5 }),
      (example, edits) => {
        let text = example.toml;
        for (const { at, remove, insert } of edits) {
          const start = at % (text.length + 1);
          text = text.slice(0, start) + insert.join("") + text.slice(start + remove);
        }
        try {
          readSettings(parseToml(text, source), source);
        } catch (error) {
          assert(error instanceof ConfigError, `${error}`);
          assert(error.message.length < 1000);
        }
        assert.equal(Reflect.ownKeys(Object.prototype).length, own);
      },
    ),
    { numRuns: 3000 },
  );
});

test("parseToml finds a missing value where it is missing, not in the next line", () => {
  const places = ["a = \n", "[a]\nx = 1\ny =\n\n\nz = 2", "[a]\nx = \r\ny = 1", "x =", "\nx = nope"].map(
    (text) => {
      try {
        parseToml(text, source);
      } catch (error) {
        if (error instanceof ConfigError) return error.place;
      }
      return "not refused";
    },
  );
  assert.deepEqual(places, [
    "line 1, column 4",
    "line 3, column 4",
    "line 2, column 4",
    "line 1, column 4",
    "line 2, column 5",
  ]);
});
