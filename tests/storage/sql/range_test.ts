import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Sql } from "../../../src/storage/sql.ts";
import type { ByteRange, StoredBody } from "../../../src/storage/types.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { warningsOf } from "../../_warnings.ts";
import { noise } from "../file/_entries.ts";
import { query } from "./_databases.ts";
import { CHUNK } from "./_drafts.ts";

const options = { timeout: 60_000 };
const SIZE = 4 * CHUNK + 9;
const body = noise(SIZE, 5);

async function withBody(
  run: (stored: StoredBody, path: string, storage: Sql) => Promise<void>,
): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "values.db");
    const storage = new Sql({ url: path, role: "values" });
    try {
      await storage.put("key", body);
      const stored = await storage.get("key");
      assert.ok(stored !== undefined);
      await run(stored, path, storage);
    } finally {
      await storage[Symbol.asyncDispose]();
    }
  });
}

const drained = async (stream: ReadableStream<Uint8Array>) =>
  new Uint8Array(Buffer.concat(await Array.fromAsync(stream)));

test("Sql gives any part of a large body", options, async () => {
  await withBody(async (stored) => {
    const edges = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 4 * CHUNK, SIZE - 1, SIZE, SIZE + 7];
    for (const start of edges) {
      for (const end of edges.filter((edge) => edge >= start)) {
        const part = await drained(stored.stream({ start, end }));
        assert.ok(Buffer.from(part).equals(body.subarray(start, end)), `${start} to ${end}`);
      }
    }
    assert.deepEqual(await drained(stored.stream({ end: 5 })), body.slice(0, 5));
    assert.deepEqual(await drained(stored.stream({ start: SIZE - 5 })), body.slice(SIZE - 5));
    assert.deepEqual(await drained(stored.stream({})), body);
    assert.deepEqual(await drained(stored.stream()), body);
  });
});

test("Sql reads only the chunks that a range lies in", options, async () => {
  await withBody(async (stored, path) => {
    await query(path, "DELETE FROM chunks WHERE seq NOT IN (2, 3)");
    const start = 2 * CHUNK + 5;
    const end = 4 * CHUNK;
    assert.deepEqual(await drained(stored.stream({ start, end })), body.slice(start, end));
    assert.deepEqual(await drained(stored.stream({ start: SIZE })), new Uint8Array(0));
    assert.deepEqual(await drained(stored.stream({ start: CHUNK, end: CHUNK })), new Uint8Array(0));
  });
});

test("Sql finds damage in the chunks of a range, wherever in them", options, async () => {
  await withBody(async (stored, path, storage) => {
    await query(path, "UPDATE chunks SET data = CAST(x'ff' || substr(data, 2) AS BLOB) WHERE seq = 2");
    const untouched = { start: 3 * CHUNK };
    assert.deepEqual(await drained(stored.stream(untouched)), body.slice(3 * CHUNK));
    await warningsOf(async () => {
      const damaged = drained(stored.stream({ start: 3 * CHUNK - 1, end: 3 * CHUNK }));
      await assert.rejects(damaged, { name: "IntegrityError", key: "key", offset: 2 * CHUNK });
    });
    assert.equal(await storage.has("key"), false, "set aside");
  });
});

test("Sql finds a chunk of another body at the same place", options, async () => {
  await withBody(async (stored, path, storage) => {
    await storage.put("other", noise(SIZE, 6));
    await query(
      path,
      `UPDATE chunks SET (data, checksum) = (SELECT o.data, o.checksum FROM chunks o
WHERE o.seq = 3 AND o.body <> chunks.body)
WHERE seq = 3 AND body = (SELECT chunked FROM stored_values WHERE key = 'key')`,
    );
    await warningsOf(async () => {
      const damaged = drained(stored.stream({ start: 3 * CHUNK }));
      await assert.rejects(damaged, { name: "IntegrityError", key: "key", offset: 3 * CHUNK });
    });
  });
});

test("Sql finds bodies whose ids were exchanged, chunks and all", options, async () => {
  await withBody(async (_stored, path, storage) => {
    await storage.put("other", noise(SIZE, 6));
    await query(path, "INSERT INTO bodies (id) VALUES (-1)");
    const [, one, two] = await query(path, "SELECT id FROM bodies ORDER BY id");
    for (const [from, to] of [[one, -1], [two, one?.["id"]], [{ id: -1 }, two?.["id"]]] as const) {
      await query(path, "UPDATE chunks SET body = ? WHERE body = ?", [Number(to), Number(from?.["id"])]);
    }
    await warningsOf(async () => {
      assert.equal(await storage.get("key"), undefined);
      assert.equal(await storage.get("other"), undefined);
    });
  });
});

test("Sql gives each large body an id of its own that no other history has", options, async () => {
  await withBody(async (_stored, path, storage) => {
    for (let turn = 0; turn < 20; turn++) {
      await storage.delete("key");
      await storage.put("key", body);
    }
    const ids = (await query(path, "SELECT id FROM bodies")).map(({ id }) => Number(id));
    assert.equal(new Set(ids).size, 21);
    assert.ok(ids.every(Number.isSafeInteger));
    assert.ok(Math.max(...ids) > 2 ** 40, "they are random, not counted");
  });
});

test("Sql refuses what is no range, at once", options, async () => {
  await withBody(async (stored) => {
    const ranges: ByteRange[] = [{ start: -1 }, { end: -1 }, { start: 1.5 }, { end: NaN }, {
      start: 5,
      end: 4,
    }];
    for (const range of ranges) assert.throws(() => stored.stream(range), RangeError, JSON.stringify(range));
    await Promise.resolve();
  });
});

test("Sql fills the views of a BYOB reader from a part of a body", options, async () => {
  await withBody(async (stored) => {
    const reader = stored.stream({ start: CHUNK - 10, end: CHUNK + 10 }).getReader({ mode: "byob" });
    const parts: Uint8Array[] = [];
    for (
      let next = await reader.read(new Uint8Array(7));
      !next.done;
      next = await reader.read(new Uint8Array(7))
    ) {
      parts.push(next.value);
    }
    assert.deepEqual(new Uint8Array(Buffer.concat(parts)), body.slice(CHUNK - 10, CHUNK + 10));
  });
});
