import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { Sql } from "../../../src/storage/sql.ts";
import type { Draft, Storage } from "../../../src/storage/types.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { noise } from "../file/_entries.ts";
import { query } from "./_databases.ts";
import { CHUNK, contentOf, countRows } from "./_drafts.ts";

const options = { timeout: 60_000 };

async function withDatabase(body: (storage: Sql, path: string) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "values.db");
    const storage = new Sql({ url: path, role: "values" });
    try {
      await body(storage, path);
    } finally {
      await storage[Symbol.asyncDispose]();
    }
  });
}

async function kept(storage: Storage, key: string): Promise<Uint8Array | undefined> {
  return await (await storage.get(key))?.bytes();
}

function digestOf(body: Uint8Array): string {
  const sha256 = (data: Uint8Array) => createHash("sha256").update(data).digest();
  const chunks = [];
  for (let at = 0; at < body.length; at += CHUNK) chunks.push(sha256(body.subarray(at, at + CHUNK)));
  return sha256(Buffer.concat(chunks)).toString("hex");
}

const SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 5 * CHUNK + 17];
for (const size of SIZES) {
  test(`Sql drafts ${size} bytes in pieces of any size`, options, async () => {
    await withDatabase(async (storage, path) => {
      const body = noise(size, 3);
      for (const piece of [7919, 64 * 1024, CHUNK, 3 * CHUNK + 1]) {
        const draft = await storage.draft();
        for (let at = 0; at < size; at += piece) {
          const chunk = body.slice(at, at + piece);
          await draft.write(chunk);
          assert.equal(draft.size, Math.min(size, at + piece));
        }
        assert.deepEqual(await contentOf(draft), body);
        assert.equal(draft.digest(), digestOf(body));
        assert.equal(draft.digest(), digestOf(body), "asked again");
        await draft.finish(`key-${piece}`);
        assert.deepEqual(await kept(storage, `key-${piece}`), body);
      }
      const chunks = size > CHUNK ? 4 * Math.ceil(size / CHUNK) : 0;
      assert.equal(await countRows(path), `4 ${size > CHUNK ? 4 : 0} ${chunks}`);
    });
  });
}

test("Sql writes nothing of a draft of up to 256 KiB before it is finished", options, async () => {
  await withDatabase(async (storage, path) => {
    await storage.put("other", noise(10));
    const draft = await storage.draft();
    for (let at = 0; at < 4; at++) assert.equal(draft.write(noise(CHUNK / 4, at)), undefined, "no waiting");
    assert.equal(await countRows(path), "1 0 0");
    await draft.finish("key");
    assert.deepEqual(await query(path, "SELECT size, chunked FROM stored_values WHERE key = 'key'"), [{
      size: CHUNK,
      chunked: null,
    }]);
  });
});

test("Sql shows a draft to nobody else before it is finished", options, async () => {
  await withDatabase(async (storage, path) => {
    await storage.put("key", noise(9));
    const draft = await storage.draft();
    await draft.write(noise(3 * CHUNK));
    const other = new Sql({ url: path, role: "values" });
    assert.deepEqual(await Array.fromAsync(other.keys()), ["key"]);
    assert.deepEqual(await kept(other, "key"), noise(9));
    await draft.finish("key");
    assert.deepEqual(await kept(other, "key"), noise(3 * CHUNK));
    await other[Symbol.asyncDispose]();
  });
});

test("Sql takes a copy of what a draft is given, however long it waits", options, async () => {
  await withDatabase(async (storage) => {
    const draft = await storage.draft();
    const chunk = noise(3 * CHUNK + 5);
    const written = draft.write(chunk);
    assert.equal(draft.size, 0, "nothing can be read before all of it can");
    chunk.fill(0);
    await written;
    const again = noise(2 * CHUNK, 2);
    // Two at once: the second waits for the first.
    const both = [draft.write(again), draft.write(noise(7, 3))];
    again.fill(0);
    await Promise.all(both);
    const expected = Buffer.concat([noise(3 * CHUNK + 5), noise(2 * CHUNK, 2), noise(7, 3)]);
    assert.deepEqual(await contentOf(draft), new Uint8Array(expected));
    await draft.finish("key");
    assert.deepEqual(await kept(storage, "key"), new Uint8Array(expected));
  });
});

test("Sql gives each reader of a draft its own copy", options, async () => {
  await withDatabase(async (storage) => {
    const body = noise(CHUNK + 100);
    const draft = await storage.draft();
    await draft.write(body);
    for (const position of [0, 5, CHUNK - 1, CHUNK, CHUNK + 99]) {
      const end = position < CHUNK ? CHUNK : CHUNK + 100;
      for (let turn = 0; turn < 2; turn++) {
        const read = await draft.read(position);
        assert.deepEqual(read, body.slice(position, end));
        read.fill(0);
      }
    }
    await draft.abandon();
  });
});

test("Sql gives up an abandoned draft at once", options, async () => {
  await withDatabase(async (storage, path) => {
    const draft = await storage.draft();
    await draft.write(noise(3 * CHUNK));
    assert.equal(await countRows(path), "0 1 2");
    await draft.abandon();
    assert.equal(await countRows(path), "0 0 0");
    await draft.abandon();
  });
});

test("Sql leaves nothing of a draft that is abandoned while it writes", options, async () => {
  await withDatabase(async (storage, path) => {
    const draft = await storage.draft();
    const writing = draft.write(noise(40 * CHUNK));
    await Promise.all([draft.abandon(), assert.rejects(Promise.resolve(writing), TypeError)]);
    assert.equal(await countRows(path), "0 0 0");
  });
});

test("Sql refuses what is asked of a draft that has ended", options, async () => {
  await withDatabase(async (storage) => {
    const finished = await storage.draft();
    await finished.write(noise(2 * CHUNK));
    await finished.finish("key");
    const abandoned = await storage.draft();
    await abandoned.abandon();
    for (const draft of [finished, abandoned]) {
      const ended = { name: "TypeError", message: "Cannot use a draft that is finished or abandoned" };
      assert.throws(() => draft.write(noise(1)), ended);
      assert.throws(() => draft.read(0), ended);
      assert.throws(() => draft.size, ended);
      await assert.rejects(draft.finish("other"), ended);
      await draft.abandon();
    }
    assert.deepEqual(await Array.fromAsync(storage.keys()), ["key"]);
    assert.deepEqual(await kept(storage, "key"), noise(2 * CHUNK));
  });
});

test("Sql changes nothing when a draft cannot be finished", options, async () => {
  await withDatabase(async (storage, path) => {
    await storage.put("key", noise(9));
    const reason = new Error("enough");
    const ENDS: readonly ((draft: Draft) => Promise<void>)[] = [
      (draft) => draft.finish("key", { signal: AbortSignal.abort(reason) }),
      (draft) => draft.finish(""),
      (draft) => draft.finish("\ud800"),
    ];
    for (const end of ENDS) {
      for (const size of [10, 3 * CHUNK]) {
        const draft = await storage.draft();
        await draft.write(noise(size, 2));
        await assert.rejects(end(draft));
        await draft.abandon();
        assert.equal(await countRows(path), "1 0 0");
        assert.deepEqual(await kept(storage, "key"), noise(9));
      }
    }
  });
});

test("Sql keeps the columns of a call record that was a draft", options, async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "calls.db");
    const storage = new Sql({ url: path });
    const draft = await storage.draft();
    await draft.write(noise(2 * CHUNK));
    const index = {
      name: "area",
      module: undefined,
      version: 1,
      code: undefined,
      arguments: [["w", "0".repeat(64)]] as const,
      result: "1".repeat(64),
      time: 7,
      metadata: { tags: {} },
    };
    await draft.finish("key", { index });
    assert.deepEqual(await query(path, "SELECT name, version, time, size FROM calls"), [
      { name: "area", version: "1", time: 7, size: 2 * CHUNK },
    ]);
    assert.deepEqual(await query(path, "SELECT count(*) AS n FROM arguments"), [{ n: 1 }]);
    await storage[Symbol.asyncDispose]();
  });
});
