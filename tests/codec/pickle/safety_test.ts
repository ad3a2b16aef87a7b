import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CodecError } from "../../../src/errors.ts";
import { pickleCodec } from "../../../src/codec/pickle/pickle_codec.ts";
import { PickleObject } from "../../../src/codec/pickle_object.ts";
import { bytesOf, corpusBytes, inChunks, seeded } from "./_bytes.ts";
import { told } from "./_told.ts";

/** Slower than this, a case of a few hundred bytes hangs. */
const LONGEST_MS = 1000;

type Outcome = { readonly value: unknown } | { readonly error: CodecError };

function checked(bytes: Uint8Array, error: unknown): Outcome {
  assert.ok(error instanceof CodecError, `another error for ${bytes.toHex()}: ${error}`);
  assert.equal(error.code, "malformed");
  assert.ok(error.offset !== undefined && error.offset >= 0 && error.offset <= bytes.length, error.message);
  return { error };
}

/** What decoding gives: the value, or the error, which must be a CodecError that says "malformed". */
function decoded(bytes: Uint8Array): Outcome {
  const began = performance.now();
  try {
    return { value: pickleCodec.decode(bytes) };
  } catch (error) {
    return checked(bytes, error);
  } finally {
    const ms = performance.now() - began;
    assert.ok(ms < LONGEST_MS, `${ms} ms for ${bytes.toHex().slice(0, 2000)}`);
  }
}

async function decodedStream(bytes: Uint8Array, next: () => number): Promise<Outcome> {
  try {
    return { value: await pickleCodec.decode(inChunks(bytes, next)) };
  } catch (error) {
    return checked(bytes, error);
  }
}

/** An outcome as text, for comparing two. */
function outcomeText(outcome: Outcome): string {
  if ("error" in outcome) return `${outcome.error.message}`;
  try {
    return told(outcome.value);
  } catch (error) {
    // An error's own properties may shadow what telling needs.
    return `told: ${error}`;
  }
}

function hex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromHex(text.replaceAll(" ", ""));
}

/** The opcodes that push a text, and for a mark pop it again. */
function pushed(text: string, end: string = ""): string {
  const content = new TextEncoder().encode(text);
  return `8c${content.length.toString(16).padStart(2, "0")}${content.toHex()}${end}`;
}

function mark(text: string): string {
  return pushed(text, "30");
}

/** Pickles of Python's, of every protocol, as `protocols_test.ts` has them. */
function pythonBytes(): Uint8Array<ArrayBuffer>[] {
  const text = readFileSync(new URL("../../golden/codec/pickle/python.txt", import.meta.url), "utf8");
  return text.trimEnd().split("\n").map((line) => Uint8Array.fromHex(line.split("\t")[2] ?? ""));
}

const sources = [...await corpusBytes(), ...pythonBytes()].filter((bytes) => bytes.length < 700);

/** Bytes near to valid ones: changed, moved, cut out, cut off, put in or taken from another. */
function* mutants(count: number, seed: number): Generator<Uint8Array<ArrayBuffer>> {
  const random = seeded(seed);
  for (let i = 0; i < count; i++) {
    const source = [...sources[random(sources.length)] ?? []];
    for (let changes = 1 + random(3); changes > 0; changes--) {
      const at = random(source.length + 1);
      switch (random(7)) {
        case 0:
          source[at] = (source[at] ?? 0) ^ (1 << random(8));
          break;
        case 1:
          source[at] = random(256);
          break;
        case 2:
          source.splice(at, 1 + random(4));
          break;
        case 3:
          source.splice(at, 0, ...source.slice(random(source.length + 1)).slice(0, 12));
          break;
        case 4:
          source.splice(at, 0, random(256));
          break;
        case 5:
          if (random(4) === 0) source.length = at;
          break;
        default:
          source.splice(at, random(12), ...(sources[random(sources.length)] ?? []).slice(0, 40));
      }
    }
    yield Uint8Array.from(source);
  }
}

/** Strings of opcodes that go together more often than chance would have it. */
function* programs(count: number, seed: number): Generator<Uint8Array<ArrayBuffer>> {
  const random = seeded(seed);
  const texts = [
    ...["fleche:undefined", "fleche:Map", "fleche:Set", "fleche:Array", "fleche:Object.create(null)"],
    ...[
      "fleche:Error TypeError message",
      "fleche=Blob",
      "fleche=File",
      "fleche=Form Object",
      "fleche=Form Date",
    ],
    ...[
      "fleche=Forms RegExp",
      "fleche=Forms URL",
      "fleche=Function",
      "fleche=Symbol.for",
      "fleche=Instance Map",
    ],
    ...[
      "fleche=TypedArray Uint8Array",
      "fleche=TypedArray Float64Array shaped",
      "fleche=Text Temporal.Duration 1",
    ],
    ...["length", "__proto__", "constructor", "then", "a"],
  ];
  const pieces = [
    ..."()].}N012abdelostu\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94R",
    ...["K\x01", "K\x02", "h\x00", "h\x01", "q\x00", "q\x01", "C\x01a", "I1\n", "g0\n", "p0\n", "U\x01b"],
    ...["cm\nN\n", "im\nN\n", "cnumpy\nndarray\n", "cdatetime\ndate\n", "ccollections\nOrderedDict\n"],
    ...texts.flatMap((text) => {
      const push = `\x8c${String.fromCharCode(text.length)}${text}`;
      return [push, `${push}0`, `${push}0`, `${push}0}`];
    }),
  ];
  for (let i = 0; i < count; i++) {
    let text = random(2) === 0 ? "\x80\x04" : "";
    for (let left = 1 + random(25); left > 0; left--) text += pieces[random(pieces.length)] ?? "";
    if (random(8) > 0) text += ".";
    yield Uint8Array.from(text, (character) => character.charCodeAt(0));
  }
}

function* randoms(count: number, seed: number): Generator<Uint8Array<ArrayBuffer>> {
  const random = seeded(seed);
  for (let i = 0; i < count; i++) yield Uint8Array.from({ length: 1 + random(40) }, () => random(256));
}

/** Reads each case at once and from a stream; counts those that are values. */
async function readAll(cases: Iterable<Uint8Array<ArrayBuffer>>): Promise<number> {
  const random = seeded(4);
  let read = 0;
  for (const bytes of cases) {
    const atOnce = decoded(bytes);
    const streamed = await decodedStream(bytes, () => 1 + random(30));
    assert.equal(outcomeText(streamed), outcomeText(atOnce), bytes.toHex());
    if ("value" in atOnce) read++;
  }
  assert.deepEqual(Object.keys(Object.prototype), []);
  assert.equal(Reflect.get({}, "polluted"), undefined);
  return read;
}

test("pickleCodec reads 20,000 damaged pickles or refuses them, at once and as a stream alike", {
  timeout: 120_000,
}, async () => {
  const read = await readAll(mutants(20_000, 1));
  assert.ok(read > 500 && read < 19_500, `${read} of 20000 were read`);
});

test("pickleCodec reads 10,000 programs of opcodes or refuses them, at once and as a stream alike", {
  timeout: 120_000,
}, async () => {
  const read = await readAll(programs(10_000, 2));
  assert.ok(read > 100, `${read} of 10000 were read`);
});

test("pickleCodec reads 10,000 random byte strings or refuses them, at once and as a stream alike", {
  timeout: 120_000,
}, async () => {
  await readAll(randoms(10_000, 3));
});

test(
  "pickleCodec writes what it read of damaged pickles, or refuses that",
  { timeout: 120_000 },
  async () => {
    for (const bytes of mutants(5000, 5)) {
      const outcome = decoded(bytes);
      if (!("value" in outcome)) continue;
      let again: Uint8Array;
      try {
        again = await bytesOf(pickleCodec, outcome.value);
      } catch (error) {
        assert.ok(error instanceof CodecError && error.code === "unencodable", `${bytes.toHex()}: ${error}`);
        continue;
      }
      assert.ok("value" in decoded(again), bytes.toHex());
    }
  },
);

test("pickleCodec refuses every truncation of every kind of value", async () => {
  for (const bytes of await corpusBytes()) {
    for (let size = 0; size < bytes.length; size++) {
      assert.ok("error" in decoded(bytes.subarray(0, size)), `${bytes.toHex()} cut to ${size}`);
    }
  }
  for (const bytes of pythonBytes().filter((each) => each.length < 500)) {
    for (let size = 0; size < bytes.length; size++) assert.ok("error" in decoded(bytes.subarray(0, size)));
  }
});

test("pickleCodec refuses every value with a byte after it", async () => {
  for (const bytes of await corpusBytes()) {
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    const outcome = decoded(longer);
    assert.ok("error" in outcome && outcome.error.offset === bytes.length);
  }
});

const MALFORMED: readonly (readonly [hex: string, reason: RegExp, offset: number])[] = [
  ["", /ends where an opcode should stand/, 0],
  ["80", /ends where an opcode should stand/, 1],
  ["8006 4e 2e", /protocol 6 is not known/, 2],
  ["4e 4e 2e", /values are left over/, 2],
  ["2e", /no value to work on/, 0],
  ["28 2e", /no value to work on/, 1],
  ["74 2e", /no mark where one should be/, 0],
  ["6800 2e", /nothing is remembered as number 0/, 2],
  ["4e 72 feffffff 2e", /number 4294967294 is too high/, 5],
  ["67 31305f 0a 2e", /no number of a memo/, 5],
  ["49 78 0a 2e", /"x" is no integer/, 3],
  ["46 31785f 0a 2e", /is no float/, 5],
  ["53 61 0a 2e", /no quotes/, 3],
  ["8c 01 ff 2e", /a text is not UTF-8/, 2],
  ["4e 4b01 61 2e", /appended to what is no list/, 3],
  ["4b01 4b02 4b03 73 2e", /put into what is no dict/, 6],
  ["7d 28 4b01 75 2e", /a key has no value/, 4],
  ["4e 29 52 2e", /would be called is no global/, 3],
  ["4b01 4b02 93 2e", /a global has no name/, 5],
  ["7d 4e 62 2e", /state is put on what has none/, 3],
  ["95 ffffffffffffff7f 4e 2e", /last frame is longer/, 11],
  ["00 2e", /opcode 0x00 is none/, 0],
  [`${mark("fleche:undefined")} 4b01 2e`, /the mark .* is not known/, 20],
];

test("pickleCodec refuses malformed bytes, and says where", async () => {
  for (const [text, reason, offset] of MALFORMED) {
    const bytes = hex(text);
    for (const outcome of [decoded(bytes), await decodedStream(bytes, () => 1)]) {
      assert.ok("error" in outcome, `${text} was read`);
      assert.match(outcome.error.message, reason, text);
      assert.match(outcome.error.message, /^Cannot read pickle: .* at offset \d+$/);
      assert.equal(outcome.error.offset, offset, `${text}: ${outcome.error.message}`);
    }
  }
});

test("pickleCodec says where in a stream, behind a run of bytes of more than 1 MiB too", async () => {
  const size = 3 << 20;
  const bytes = new Uint8Array(size + 10);
  // BINUNICODE of x's, then an opcode that is none; and the same with a text that is no UTF-8.
  bytes.set([0x58, 0, 0, 0x30, 0]);
  bytes.fill(0x78, 5, size + 5);
  bytes.set([0x00], size + 5);
  for (const at of [undefined, 5, size - 100]) {
    if (at !== undefined) bytes[at] = 0xff;
    const atOnce = decoded(bytes);
    assert.ok("error" in atOnce);
    for (const length of [1 << 16, 3_000_001]) {
      const streamed = await decodedStream(bytes, () => length);
      assert.equal(outcomeText(streamed), outcomeText(atOnce));
    }
  }
  const cut = bytes.subarray(0, 2_000_000);
  assert.equal(outcomeText(await decodedStream(cut, () => 1 << 16)), outcomeText(decoded(cut)));
});

test("pickleCodec refuses what is nested too deeply, and takes 1000 levels", async () => {
  const nested: readonly (readonly [name: string, open: string, core: string, close: string])[] = [
    ["list by APPEND", "5d", "4e", "61"],
    ["list by APPENDS", "5d 28", "4e", "65"],
    ["list by LIST", "28", "4e", "6c"],
    ["tuple of one", "", "29", "85"],
    ["tuple by TUPLE", "28", "4e", "74"],
    ["dict by SETITEM", "7d 8c0161", "4e", "73"],
    ["dict by SETITEMS", "7d 28 8c0161", "4e", "75"],
    ["dict by DICT", "28 8c0161", "4e", "64"],
    ["frozenset", "28", "4e", "91"],
    ["state", "636d0a4e0a 29 81", "4e", "62"],
    ["arguments", "636d0a4e0a 28", "4e", "74 52"],
  ];
  for (const [name, open, core, close] of nested) {
    for (const levels of [10_000, 100_000]) {
      const bytes = hex(`8004 ${open.repeat(levels)} ${core} ${close.repeat(levels)} 2e`);
      for (const outcome of [decoded(bytes), await decodedStream(bytes, () => 1000)]) {
        assert.ok("error" in outcome, `${name}, ${levels} levels`);
        assert.match(outcome.error.message, /nested more than 1000 levels deep/, name);
      }
    }
    // Each PickleObject counts as one.
    const inner = core === "29" ? 999 : 1000;
    assert.ok("value" in decoded(hex(`8004 ${open.repeat(inner)} ${core} ${close.repeat(inner)} 2e`)), name);
    const outcome = decoded(hex(`8004 ${open.repeat(inner + 1)} ${core} ${close.repeat(inner + 1)} 2e`));
    assert.ok("error" in outcome, `${name}: 1001 levels`);
  }
  // Through the memo: each new list holds the one before, which was remembered and dropped.
  let through = "5d 71 00 30";
  for (let i = 0; i < 5000; i++) through += "5d 68 00 61 71 00 30";
  const outcome = decoded(hex(`8002 ${through} 6800 2e`));
  assert.ok("error" in outcome && /nested more than 1000 levels deep/.test(outcome.error.message));
});

const LENGTHS: readonly string[] = [
  "54 ffffff7f", // BINSTRING
  "58 ffffffff", // BINUNICODE
  "42 ffffffff", // BINBYTES
  "8b ffffff7f", // LONG4
  "8d ffffffffffffff7f", // BINUNICODE8
  "8e ffffffffff000000", // BINBYTES8
  "8e ffffffffffffffff",
  "96 ffffffff00000000", // BYTEARRAY8
  "95 ffffffffffffffff", // FRAME
  "4e 72 ffffffff", // LONG_BINPUT
  "4e 70 34323934393637323933 0a", // PUT
];

test("pickleCodec believes no declared length", async () => {
  const before = process.memoryUsage().rss;
  for (const head of LENGTHS) {
    const bytes = hex(`8005 ${head} ${"41".repeat(1000)}`);
    assert.ok("error" in decoded(bytes), head);
    assert.ok("error" in await decodedStream(bytes, () => 100), head);
  }
  for (const outcome of [decoded(hex("8005 636275696c74696e730a6279746561727261790a 4affffff7f 85 52 2e"))]) {
    // bytearray(2147483647) is told, not made.
    assert.ok("value" in outcome && outcome.value instanceof PickleObject);
  }
  const rose = process.memoryUsage().rss - before;
  assert.ok(rose < 64 * 2 ** 20, `${rose}`);
});

test("pickleCodec makes no array larger than its bytes by a shape, and gives sparse arrays no room", () => {
  const before = process.memoryUsage().rss;
  const sparse = `${mark("fleche:Array")} 7d 28 8c066c656e677468 8b04000000 feffffff 75`;
  decoded(hex(`8004 ${sparse} 2e`));
  const length = `${mark("fleche:Array")} 7d 28 8c066c656e677468 8a05 feffffff00 75`;
  const many = decoded(hex(`8004 5d 28 ${length.repeat(900)} 65 2e`));
  assert.ok("value" in many && Array.isArray(many.value) && many.value.length === 900);
  const thousands = `${mark("fleche:Array")} 7d 28 8c066c656e677468 4a 40420f00 75`;
  assert.ok("value" in decoded(hex(`8004 5d 28 ${thousands.repeat(900)} 65 2e`)));
  const rose = process.memoryUsage().rss - before;
  assert.ok(rose < 64 * 2 ** 20, `${rose}`);
});

/** `numpy.core.numeric._frombuffer(content, dtype("u1"), shape, "F")`. */
function fromBuffer(size: number, shape: string): Uint8Array<ArrayBuffer> {
  const length = size.toString(16).padStart(8, "0").match(/../g)?.reverse().join("") ?? "";
  return hex(
    `8005 636e756d70792e636f72652e6e756d657269630a5f66726f6d6275666665720a 28 42${length}${
      "41".repeat(size)
    } ` +
      `636e756d70790a64747970650a 8c027531 89 88 87 52 28 4b03 8c017c 4e4e4e 4b004b004b00 74 62 ` +
      `28 ${shape} 74 8c0146 74 52 2e`,
  );
}

test("pickleCodec tells numpy's arrays whose shape is not that of their bytes", () => {
  const right = decoded(fromBuffer(6, "4b024b03"));
  assert.ok("value" in right && right.value instanceof Uint8Array);
  for (
    const shape of ["4b07", "4affffff7f 4affffff7f", "4affffff7f", "8a07ffffffffffff0f", "4affffffff", "4e"]
  ) {
    const outcome = decoded(fromBuffer(6, shape));
    assert.ok("value" in outcome && outcome.value instanceof PickleObject, shape);
  }
  // More dimensions than numpy has: turning the order round would take time for each.
  const outcome = decoded(fromBuffer(200_000, `${"4b01".repeat(200_000)} 4a400d0300`));
  assert.ok("value" in outcome && outcome.value instanceof PickleObject);
});

test("pickleCodec takes no quadratic time for what takes another's place", { timeout: 60_000 }, () => {
  // Half a million entries in the memo, then dicts that become Maps and marks behind values.
  const memo = `5d ${"94".repeat(500_000)}`;
  const outcomes = [
    decoded(hex(`8004 ${memo} 28 ${"7d4b014e73".repeat(50_000)} 65 2e`)),
    decoded(hex(`8004 ${memo} 28 ${`4b01${mark("fleche=Form Object")}`.repeat(20_000)} 65 2e`)),
  ];
  for (const outcome of outcomes) assert.ok("value" in outcome);
});

test("pickleCodec touches no prototype and no setter by hostile names", () => {
  const proto = pushed("__proto__");
  const polluted = `7d ${pushed("polluted")} 88 73`;
  const targets = [
    "7d", // a dict
    `${mark("fleche:Object.create(null)")} 7d`,
    `${mark("fleche:Array")} 7d`,
    `${mark("fleche:Error TypeError ")} 7d`,
    "636d0a4e0a 29 81",
  ];
  for (const target of targets) {
    for (const name of [proto, pushed("constructor"), pushed("prototype")]) {
      const outcome = decoded(hex(`8004 ${target} ${name} ${polluted} 73 2e`));
      assert.ok("value" in outcome, target);
      assert.equal(Reflect.get({}, "polluted"), undefined);
      assert.equal(Reflect.get(outcome.value as object, "polluted"), undefined);
    }
  }
  const state = decoded(hex(`8004 636d0a4e0a 29 81 7d ${proto} ${polluted} 73 62 2e`));
  assert.ok("value" in state && state.value instanceof PickleObject);
  assert.equal(Object.getPrototypeOf(state.value), PickleObject.prototype);
  for (const name of ["__proto__", "constructor", "toString", "Function", "eval"]) {
    const bytes = hex(`8004 4b01 ${mark(`fleche=Form ${name}`)} 2e`);
    const outcome = decoded(bytes);
    assert.ok("error" in outcome && /are not known to this version/.test(outcome.error.message), name);
  }
});
