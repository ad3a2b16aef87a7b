/** How long a record may be: what is longer is neither read nor written. */
import assert from "node:assert/strict";
import test from "node:test";
import { Cache, fleche, Memory, Tags } from "../../mod.ts";
import { readRecordHead } from "../../src/cache/_record_head.ts";
import { LONGEST_RECORD } from "../../src/cache/_record_size.ts";
import { lookup, lookupRecord } from "../../src/cache/lookup.ts";
import { openEntry } from "../../src/cache/open_entry.ts";
import { cborCodec } from "../../src/codec/cbor/cbor_codec.ts";
import { warningsOf } from "../_warnings.ts";

const timeout = 60_000;

/** A cache with one call, whose record is made as long as is said. */
async function cacheWith(recordBytes: number): Promise<{ readonly cache: Cache; readonly key: string }> {
  const cache = new Cache({ values: new Memory(), calls: new Memory() });
  const f = fleche((x: number) => x * x, { name: "square", cache });
  await f(3);
  const key = await f.digest(3);
  const bytes = await (await cache.calls.get(key))?.bytes() ?? new Uint8Array();
  const data = await cborCodec.decode(bytes) as Record<string, unknown>;
  const encoded = async (text: string): Promise<Uint8Array<ArrayBuffer>> => {
    const body = await cborCodec.encode({ ...data, metadata: { tags: { text } } });
    return new Uint8Array(await new Response(body).arrayBuffer());
  };
  // The length of a long text stands in as many bytes whatever it is.
  const around = (await encoded("x".repeat(100_000))).length - 100_000;
  await cache.calls.put(key, await encoded("x".repeat(recordBytes - around)));
  assert.equal((await cache.calls.get(key))?.size, recordBytes);
  return { cache, key };
}

test("A record of the greatest length is read", { timeout }, async () => {
  const { cache, key } = await cacheWith(LONGEST_RECORD);
  assert.equal((await lookup(cache, key)).hit, true);
  assert.equal((await lookupRecord(cache, key))?.name, "square");
  assert.equal((await openEntry(cache, key)).hit, true);
  assert.equal((await readRecordHead(cache.calls, key)).says, "value");
});

test("A record that is longer is damaged, and no byte of it is read", { timeout }, async () => {
  const { cache, key } = await cacheWith(LONGEST_RECORD + 1);
  const { calls } = cache;
  // The short way is one to what is small.
  Object.defineProperty(calls, "small", { value: undefined });
  const get = calls.get.bind(calls);
  const unread = () => assert.fail("read");
  calls.get = async (key) => {
    const { size = 0 } = await get(key) ?? {};
    return { size, stream: unread, bytes: unread };
  };
  assert.deepEqual(await lookup(cache, key), { hit: false, reason: "damaged", part: "calls" });
  assert.equal(await lookupRecord(cache, key), undefined);
  assert.deepEqual(await openEntry(cache, key), { hit: false, reason: "damaged", part: "calls" });
  assert.deepEqual(await readRecordHead(calls, key), { says: "other" });
});

test("A call whose record would be longer is not kept, and its result is returned", { timeout }, async () => {
  const cache = new Cache({ values: new Memory(), calls: new Memory() });
  const f = fleche((x: number) => x * x, {
    name: "tagged",
    cache,
    metadata: [new Tags({ text: "x".repeat(LONGEST_RECORD) })],
  });
  const warnings = await warningsOf(async () => assert.equal(await f(3), 9));
  assert.match(warnings.join("\n"), /record of a call: with its metadata it has more than 16777216 bytes/);
  assert.deepEqual(await Array.fromAsync(cache.calls.keys()), []);
});
