import assert from "node:assert/strict";
import test from "node:test";
import { Cache, fleche, Memory } from "../../mod.ts";
import { nearestCall } from "../../src/cache/nearest_call.ts";
import { cborCodec } from "../../src/codec/cbor/cbor_codec.ts";

const memory = (): Cache => new Cache({ values: new Memory(), calls: new Memory() });

test("nearestCall compares a stored call, given by its key, with all others", async () => {
  const cache = memory();
  const area = fleche((w: number, h: number) => w * h, { name: "area", cache });
  await area(1, 2);
  assert.equal(await nearestCall(cache, await area.digest(1, 2)), undefined);
  await area(1, 3);
  await area(4, 5);
  const nearest = await nearestCall(cache, await area.digest(1, 2));
  assert.equal(nearest?.key, await area.digest(1, 3));
  const [difference, ...rest] = nearest?.differs ?? [];
  assert.deepEqual(rest, []);
  assert.ok(difference?.part === "argument" && difference.given !== undefined);
  assert.deepEqual([difference.name, difference.stored?.value, "value" in difference.given], ["h", 3, false]);
});

test("nearestCall has nothing to compare under a key that nothing is kept under", async () => {
  const cache = memory();
  await fleche((w: number) => w, { name: "area", cache })(1);
  assert.equal(await nearestCall(cache, "0".repeat(64)), undefined);
});

test("nearestCall rejects with the reason of its signal, before and while it searches", async () => {
  const cache = memory();
  const f = fleche((a: number) => a, { name: "f", cache });
  for (let a = 0; a < 600; a++) await f(a);
  const key = await f.digest(1);
  await assert.rejects(
    nearestCall(cache, key, { signal: AbortSignal.abort(new RangeError("early")) }),
    /early/,
  );
  const controller = new AbortController();
  setTimeout(() => controller.abort(new RangeError("midway")), 0);
  await assert.rejects(nearestCall(cache, key, { signal: controller.signal }), /midway/);
});

test("nearestCall rejects with what listing the calls fails with", async () => {
  const calls = new Memory();
  Object.assign(calls.upkeep, {
    entries: () => {
      throw new RangeError("unlisted");
    },
  });
  const cache = new Cache({ values: new Memory(), calls });
  await assert.rejects(fleche((a: number) => a, { name: "f", cache }).fleche.explain(1), /unlisted/);
});

for (
  const [what, fields] of [
    ["a Map of arguments", { arguments: new Map([["w", "0".repeat(64)]]) }],
    ["a list of arguments", { arguments: ["0".repeat(64)] }],
    ["a Map of small values", { inline: new Map() }],
    ["a date for metadata", { metadata: new Date(0) }],
  ] as const
) {
  test(`A record with ${what} is none`, async () => {
    const cache = memory();
    const f = fleche((w: number) => w, { name: "area", cache });
    await f(1);
    const key = await f.digest(1);
    const bytes = await (await cache.calls.get(key))?.bytes() ?? new Uint8Array();
    const data = await cborCodec.decode(bytes) as Record<string, unknown>;
    assert.equal((await cache.record(key))?.name, "area");
    await cache.calls.put(key, await cborCodec.encode({ ...data, ...fields }));
    assert.equal(await cache.record(key), undefined);
  });
}
