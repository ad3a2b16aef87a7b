import assert from "node:assert/strict";
import test from "node:test";
import { DigestFilter, isDigest } from "../../src/cache/_digest_filter.ts";
import { digestOf } from "./_care.ts";

const digests = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => digestOf(`${prefix} ${at}`));

test("DigestFilter finds all that was added, and nothing else among some thousands", () => {
  const filter = new DigestFilter();
  const added = digests("added", 5000);
  for (const digest of added) filter.add(digest);
  assert.ok(added.every((digest) => filter.has(digest)));
  assert.deepEqual(digests("other", 5000).filter((digest) => filter.has(digest)), []);
});

test("DigestFilter tells digests apart that differ in their first, last or any one digit", () => {
  const digest = digestOf("one");
  const filter = new DigestFilter();
  filter.add(digest);
  for (let at = 0; at < 64; at++) {
    const other = (Number.parseInt(digest[at] ?? "", 16) ^ 15).toString(16);
    assert.equal(filter.has(digest.slice(0, at) + other + digest.slice(at + 1)), false, `digit ${at}`);
  }
});

test("DigestFilter tells a digest from its own words in another order", () => {
  const digest = digestOf("one");
  const filter = new DigestFilter();
  filter.add(digest);
  for (let at = 8; at < 64; at += 8) {
    assert.equal(filter.has(digest.slice(at) + digest.slice(0, at)), false, `turned by ${at}`);
  }
});

test("isDigest takes 64 lower-case hex digits and nothing else", () => {
  assert.ok(isDigest(digestOf("")));
  for (const key of ["", "gc", "a".repeat(63), "a".repeat(65), "A".repeat(64), `${"a".repeat(64)}\n`]) {
    assert.equal(isDigest(key), false, JSON.stringify(key));
  }
});
