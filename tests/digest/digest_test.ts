import assert from "node:assert/strict";
import { test } from "node:test";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { digest } from "../../src/digest/digest.ts";
import { digestNow } from "../../src/digest/digest_now.ts";
import { digestSymbol } from "../../src/digest/digest_symbol.ts";
import { assertGolden } from "../_golden.ts";
import { specimens } from "./_specimens.ts";

test("digest gives every specimen of the collision table its own digest, the same each time", async () => {
  const seen = new Map<string, string>();
  for (const [name, make] of specimens) {
    const found = await digest(make());
    assert.match(found, /^[0-9a-f]{64}$/);
    assert.equal(await digest(make()), found, `${name}: not equal to itself`);
    assert.equal(seen.get(found), undefined, `${name} and ${seen.get(found)} share a digest`);
    seen.set(found, name);
  }
});

test("digest gives its golden vectors on every runtime", async () => {
  let lines = "";
  for (const [name, make] of specimens) lines += `${await digest(make())}  ${name}\n`;
  assertGolden("digest/vectors.txt", lines);
});

test("digest tells specimens apart inside containers, too", async () => {
  const seen = new Set<string>();
  for (const wrap of [(v: unknown) => [v], (v: unknown) => ({ v }), (v: unknown) => new Map([[1, v]])]) {
    for (const [, make] of specimens) seen.add(await digest(wrap(make())));
  }
  assert.equal(seen.size, 3 * specimens.length);
});

test("digest does not depend on the order of keys", () => {
  const keys = Array.from({ length: 40 }, (_, i) => `k${(i * 7) % 40}`);
  for (const count of [2, 3, 23, 24, 25, 40]) {
    const some = keys.slice(0, count);
    const one = Object.fromEntries(some.map((key) => [key, key]));
    const other = Object.fromEntries(some.toReversed().map((key) => [key, key]));
    assert.equal(digestNow(one), digestNow(other));
  }
});

test("digest sees a NaN that was computed as NaN", () => {
  const zero = Number("0");
  assert.equal(digestNow(zero / zero), digestNow(NaN));
  assert.equal(digestNow(new Float64Array([zero / zero])[0]), digestNow(NaN));
});

test("digest sees views by what they show, whatever buffer they are of", () => {
  const inside = new Uint8Array(Uint8Array.of(9, 1, 2, 3, 9).buffer, 1, 3);
  assert.equal(digestNow(inside), digestNow(Uint8Array.of(1, 2, 3)));
  const memory = new SharedArrayBuffer(100_000);
  assert.equal(digestNow(new Uint8Array(memory)), digestNow(new Uint8Array(100_000)));
});

test("digest counts own properties of a subclass, and nothing that it overrides", () => {
  class Loud extends Map<string, number> {
    override get size(): number {
      return 0;
    }
    override forEach(): void {}
    override *[Symbol.iterator](): MapIterator<[string, number]> {}
  }
  assert.notEqual(digestNow(new Loud([["a", 1]])), digestNow(new Loud([["a", 2]])));
  assert.notEqual(
    digestNow(Object.assign(new Loud(), { a: 1 })),
    digestNow(Object.assign(new Loud(), { a: 2 })),
  );
});

test("digest asks a class for its state through digestSymbol, inherited or not", () => {
  class Account {
    readonly #id: number;
    constructor(id: number) {
      this.#id = id;
    }
    [digestSymbol](): unknown {
      return { id: this.#id };
    }
  }
  class Savings extends Account {}
  assert.equal(digestNow(new Account(1)), digestNow(new Account(1)));
  assert.notEqual(digestNow(new Account(1)), digestNow(new Account(2)));
  assert.notEqual(digestNow(new Account(1)), digestNow(new Savings(1)));
  assert.notEqual(digestNow(new Account(1)), digestNow({ id: 1 }));
});

test("digestSymbol can be used without the module", () => {
  assert.equal(digestSymbol, Symbol.for("fleche.digest"));
});

test("digest can be asked by a hook or a getter that it is calling", () => {
  class Outer {
    readonly #inner = { big: "x".repeat(1000) };
    [digestSymbol](): unknown {
      return digestNow(this.#inner);
    }
  }
  const subject = {
    a: 1,
    o: new Outer(),
    get late() {
      return digestNow("y".repeat(70_000));
    },
  };
  assert.equal(digestNow(subject), digestNow(subject));
  assert.notEqual(digestNow(subject), digestNow({ ...subject, a: 2 }));
});

test("digest of a value does not depend on what was digested before", () => {
  const subject = { rows: Array.from({ length: 30 }, (_, i) => ({ i })) };
  const first = digestNow(subject);
  for (const [, make] of specimens) void Promise.resolve(digestNow(make())).catch(() => {});
  assert.throws(() => digestNow([subject, () => {}]));
  assert.equal(digestNow(subject), first);
});

test("digest leaves the value alone", () => {
  const subject = Object.freeze({ b: Object.freeze([1, 2]), a: Object.freeze(new Map([[1, 2]])) });
  const before = JSON.stringify(Object.keys(subject));
  digestNow(subject);
  assert.equal(JSON.stringify(Object.keys(subject)), before);
});

test("digestNow is synchronous for everything but Blobs and Files", () => {
  for (const [name, make] of specimens) {
    const hasBlob = /Blob|File/.test(name);
    const found = digestNow(make());
    assert.equal(typeof found, hasBlob ? "object" : "string", name);
    void Promise.resolve(found);
  }
});

test("digest of an empty object is that of the form in the specification", () => {
  const form = Buffer.concat([Buffer.from("fleche-1/value\0"), Buffer.from("O\0")]);
  assert.equal(digestNow({}), createHash("sha256").update(form).digest("hex"));
});

test("the vectors in the specification are those of digest", () => {
  const readme = readFileSync(new URL("../../src/digest/README.md", import.meta.url), "utf8");
  const small = {
    id: 12345,
    name: "Ada Lovelace",
    tags: ["a", "b", "c"],
    nested: { x: 1.5, y: { z: true } },
  };
  const values = [
    null,
    1,
    "1",
    1n,
    "\ud800",
    {},
    [],
    new Array(1),
    new Map([[1, 2]]),
    Uint8Array.of(1, 2),
    small,
  ];
  const vectors = [...readme.matchAll(/\| `([0-9a-f]{64})` \|$/gm)].map((match) => match[1]);
  assert.deepEqual(vectors, values.map((value) => digestNow(value)));
  const form = /```\n([0-9a-f\n]+)```/.exec(readme)?.[1]?.replaceAll("\n", "") ?? "";
  assert.equal(createHash("sha256").update(Buffer.from(form, "hex")).digest("hex"), vectors.at(-1));
});
