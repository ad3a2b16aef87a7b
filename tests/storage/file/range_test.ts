import assert from "node:assert/strict";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { CborFile } from "../../../src/storage/cbor_file.ts";
import type { ByteRange, StoredBody } from "../../../src/storage/types.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { warningsOf } from "../../_warnings.ts";
import { DIGEST, fileOf, noise, quarantined } from "./_entries.ts";

const timeout = 60_000;
const CHUNK = 262_144;
const body = noise(9 * CHUNK + 100);

async function read(found: StoredBody | undefined, range: ByteRange): Promise<Uint8Array> {
  return new Uint8Array(await new Response(found?.stream(range)).arrayBuffer());
}

/** An entry of ten chunks that has been found, and then was damaged in the chunks that are named. */
async function damagedIn(root: string, chunks: readonly number[]): Promise<StoredBody | undefined> {
  const storage = new CborFile({ root });
  await storage.put(DIGEST, body);
  const found = await storage.get(DIGEST);
  const bytes = new Uint8Array(readFileSync(fileOf(root)));
  for (const chunk of chunks) bytes.fill(0, chunk * CHUNK + 50, chunk * CHUNK + 60);
  writeFileSync(fileOf(root), bytes);
  return found;
}

const UNTOUCHED: readonly {
  readonly name: string;
  readonly range: ByteRange;
  readonly sound: readonly number[];
}[] = [
  { name: "within one chunk", range: { start: 3 * CHUNK + 10, end: 3 * CHUNK + 90 }, sound: [3] },
  { name: "of one chunk", range: { start: 3 * CHUNK, end: 4 * CHUNK }, sound: [3] },
  { name: "over the end of a chunk", range: { start: 4 * CHUNK - 1, end: 4 * CHUNK + 1 }, sound: [3, 4] },
  { name: "over several pieces", range: { start: CHUNK + 1, end: 8 * CHUNK }, sound: [1, 2, 3, 4, 5, 6, 7] },
  { name: "to the end", range: { start: 9 * CHUNK }, sound: [9] },
  { name: "of the beginning", range: { end: 10 }, sound: [0] },
  { name: "without bytes", range: { start: 5 * CHUNK + 7, end: 5 * CHUNK + 7 }, sound: [] },
  { name: "beyond the end", range: { start: body.length }, sound: [] },
];

for (const { name, range, sound } of UNTOUCHED) {
  test(
    `stream of a part ${name} reads no chunk that it does not lie in`,
    { timeout },
    () =>
      withTemporaryDirectory(async (root) => {
        const others = Array.from({ length: 10 }, (_, chunk) => chunk).filter((chunk) =>
          !sound.includes(chunk)
        );
        const found = await damagedIn(root, others);
        assert.deepEqual(await read(found, range), body.slice(range.start ?? 0, range.end));
        assert.deepEqual(quarantined(root), []);
      }),
  );
}

const TOUCHED: readonly { readonly name: string; readonly range: ByteRange; readonly damaged: number }[] = [
  {
    name: "that ends before the damage in its chunk",
    range: { start: 3 * CHUNK, end: 3 * CHUNK + 10 },
    damaged: 3,
  },
  { name: "that begins behind the damage in its chunk", range: { start: 4 * CHUNK - 1 }, damaged: 3 },
  { name: "whose first piece is whole", range: { start: CHUNK, end: 9 * CHUNK }, damaged: 7 },
  { name: "from the beginning", range: { end: 2 * CHUNK }, damaged: 1 },
  { name: "whose last chunk is damaged", range: { start: 7 * CHUNK }, damaged: 9 },
];

for (const { name, range, damaged } of TOUCHED) {
  test(`stream of a part ${name} errors with the offset of the damaged chunk`, { timeout }, async () => {
    await warningsOf(() =>
      withTemporaryDirectory(async (root) => {
        const found = await damagedIn(root, [damaged]);
        await assert.rejects(read(found, range), {
          name: "IntegrityError",
          key: DIGEST,
          offset: damaged * CHUNK,
        });
        assert.equal(quarantined(root).length, 1);
        assert.equal(await new CborFile({ root }).get(DIGEST), undefined);
      })
    );
  });
}

for (const size of [0, 1000, 100_000, CHUNK + 1, 4 * CHUNK, 12 * CHUNK]) {
  test(
    `stream of a part gives that part of the ${size} bytes that took the entry's place`,
    { timeout },
    () =>
      withTemporaryDirectory(async (root) => {
        const storage = new CborFile({ root });
        await storage.put(DIGEST, body);
        const found = await storage.get(DIGEST);
        const renewed = noise(size, 2);
        await storage.put(DIGEST, renewed);
        for (const { range } of UNTOUCHED) {
          assert.deepEqual(await read(found, range), renewed.slice(range.start ?? 0, range.end));
        }
      }),
  );
}

test("stream of a part finds that the entry was cut off to less than a footer", { timeout }, async () => {
  await warningsOf(() =>
    withTemporaryDirectory(async (root) => {
      const found = await damagedIn(root, []);
      truncateSync(fileOf(root), 10);
      await assert.rejects(read(found, { start: CHUNK }), { name: "IntegrityError", key: DIGEST });
      assert.equal(quarantined(root).length, 1);
    })
  );
});

test(
  "stream of a part errors when the entry is gone",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const found = await damagedIn(root, []);
      await new CborFile({ root }).delete(DIGEST);
      await assert.rejects(read(found, { start: CHUNK }), { name: "IntegrityError", key: DIGEST });
    }),
);
