import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { type Client, createClient } from "@libsql/client";
import { loadSha256 } from "../../../src/digest/sha256.ts";
import { Database } from "../../../src/storage/sql/_database.ts";
import { SqlDraft } from "../../../src/storage/sql/_sql_draft.ts";
import { RELEASED_GRACE_SECONDS } from "../../../src/storage/sql/_statements.ts";
import { Sql } from "../../../src/storage/sql.ts";
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
      await storage.has("key");
      await body(storage, path);
    } finally {
      await storage[Symbol.asyncDispose]();
    }
  });
}

/** A connection of the test's own, over which it makes drafts. */
async function withConnection(body: (client: Client, path: string) => Promise<void>): Promise<void> {
  await withDatabase(async (_storage, path) => {
    await loadSha256();
    const client = createClient({ url: `file:${path}`, concurrency: 1, timeout: 0 });
    try {
      await body(client, path);
    } finally {
      client.close();
    }
  });
}

const draftOver = (client: Client) =>
  new SqlDraft(() => Promise.resolve(new Database(client, "file")), "stored_values");

/** Room for so many more chunks; a chunk takes 65 pages. */
async function limitTo(chunks: number, { client, path }: { client: Client; path: string }): Promise<void> {
  const [pages] = await query(path, "PRAGMA page_count");
  await client.execute(`PRAGMA max_page_count = ${Number(pages?.["page_count"]) + chunks * 66 + 20}`);
}

test(
  "Sql rejects a draft's writes from a full disk on, and still reads what was taken",
  options,
  async () => {
    await withConnection(async (client, path) => {
      const draft = draftOver(client);
      await limitTo(3, { client, path });
      const body = noise(CHUNK / 2);
      let taken = 0;
      const failure = await (async () => {
        for (;;) {
          await draft.write(body);
          taken += body.length;
        }
      })().catch((error: unknown) => error);
      assert.match(String(failure), /SQLITE_FULL/);
      assert.equal(taken, 4 * CHUNK);
      assert.equal(draft.size, taken);
      const content = await contentOf(draft);
      assert.equal(content.length, taken);
      for (let at = 0; at < taken; at += body.length) {
        assert.deepEqual(content.subarray(at, at + body.length), body);
      }
      await client.execute("PRAGMA max_page_count = 1000000");
      assert.throws(() => draft.write(noise(1)), (error) => error === failure, "ever after");
      await assert.rejects(draft.finish("key"), (error) => error === failure);
      assert.equal((await contentOf(draft)).length, taken, "until it is abandoned");
      await draft.abandon();
      assert.equal(await countRows(path), "0 0 0");
    });
  },
);

test("Sql counts nothing of a chunk that failed halfway", options, async () => {
  await withConnection(async (client, path) => {
    const draft = draftOver(client);
    await draft.write(noise(CHUNK + 10, 1));
    await limitTo(3, { client, path });
    await assert.rejects(Promise.resolve(draft.write(noise(20 * CHUNK, 2))), /SQLITE_FULL/);
    assert.equal(draft.size, CHUNK + 10);
    assert.deepEqual(await contentOf(draft), noise(CHUNK + 10, 1));
    await draft.abandon();
    assert.equal(await countRows(path), "0 0 0");
  });
});

test("Sql rejects a draft's writes in a locked database, and reads on", options, async () => {
  await withConnection(async (client, path) => {
    const draft = draftOver(client);
    await draft.write(noise(2 * CHUNK));
    const other = createClient({ url: `file:${path}` });
    const lock = await other.transaction("write");
    await assert.rejects(Promise.resolve(draft.write(noise(2 * CHUNK))), { code: "SQLITE_BUSY" });
    assert.deepEqual(await contentOf(draft), noise(2 * CHUNK));
    await lock.rollback();
    other.close();
    assert.throws(() => draft.write(noise(1)), { code: "SQLITE_BUSY" });
    await draft.abandon();
    assert.equal(await countRows(path), "0 0 0");
  });
});

test("Sql leaves a draft to the sweep that could not be given up", options, async () => {
  await withConnection(async (client, path) => {
    const draft = draftOver(client);
    await draft.write(noise(2 * CHUNK));
    const other = createClient({ url: `file:${path}` });
    const lock = await other.transaction("write");
    await assert.rejects(draft.finish("key"), { code: "SQLITE_BUSY" });
    await lock.rollback();
    other.close();
    assert.equal(await countRows(path), "0 1 1");
    await query(path, `UPDATE bodies SET released = released - ${RELEASED_GRACE_SECONDS + 1}`);
    const next = new Sql({ url: path });
    await next.has("key");
    await next[Symbol.asyncDispose]();
    assert.equal(await countRows(path), "0 0 0");
  });
});

test("Sql rejects a draft's writes after it was disposed of", options, async () => {
  await withDatabase(async (storage) => {
    const drafts = [await storage.draft(), await storage.draft()];
    await drafts[0]?.write(noise(2 * CHUNK));
    await storage[Symbol.asyncDispose]();
    for (const draft of drafts) {
      await assert.rejects(async () => await draft.write(noise(2 * CHUNK)), /its storage was disposed of/);
      await draft.abandon();
    }
    await assert.rejects(storage.draft(), /its storage was disposed of/);
  });
});

test("Sql tells damage of a draft from its bytes", options, async () => {
  await withDatabase(async (storage, path) => {
    const draft = await storage.draft();
    await draft.write(noise(3 * CHUNK));
    await query(path, "UPDATE chunks SET data = zeroblob(262144) WHERE seq = 1");
    assert.deepEqual(await draft.read(5), noise(CHUNK).slice(5));
    await assert.rejects(Promise.resolve(draft.read(CHUNK + 5)), { name: "IntegrityError", offset: CHUNK });
    await draft.abandon();
  });
});

for (const end of ["finish", "abandon"] as const) {
  test(`Sql waits for the reads of a draft before ${end} is done`, options, async () => {
    await withConnection(async (client) => {
      let gate = Promise.resolve();
      const draft = new SqlDraft(async () => {
        await gate;
        return new Database(client, "file");
      }, "stored_values");
      await draft.write(noise(2 * CHUNK));
      const opened = Promise.withResolvers<void>();
      gate = opened.promise;
      const events: string[] = [];
      const reading = Promise.resolve(draft.read(0)).then((bytes) => {
        events.push("read");
        assert.deepEqual(bytes, noise(CHUNK));
      });
      gate = Promise.resolve();
      const ending = draft[end]("key").then(() => events.push("ended"));
      for (let turn = 0; turn < 50; turn++) await client.execute("SELECT 1");
      assert.deepEqual(events, []);
      opened.resolve();
      await Promise.all([reading, ending]);
      assert.deepEqual(events, ["read", "ended"]);
    });
  });
}

/** The timers that are set while `body` runs. */
async function timersOf(body: () => Promise<void>): Promise<{ tick: () => void; everyMs: number }[]> {
  const { setInterval } = globalThis;
  const set: { tick: () => void; everyMs: number }[] = [];
  globalThis.setInterval = ((tick: () => void, everyMs: number) => {
    set.push({ tick, everyMs });
    return setInterval(() => {}, 2 ** 30);
  }) as typeof setInterval;
  try {
    await body();
  } finally {
    globalThis.setInterval = setInterval;
  }
  return set;
}

test("Sql keeps a draft alive whose source is slow", options, async () => {
  await withDatabase(async (storage, path) => {
    const draft = await storage.draft();
    const timers = await timersOf(async () => await draft.write(noise(2 * CHUNK)));
    assert.equal(timers.length, 1);
    const [timer] = timers;
    assert.ok(timer !== undefined && timer.everyMs * 3 < RELEASED_GRACE_SECONDS * 1000);
    await query(path, `UPDATE bodies SET released = released - ${RELEASED_GRACE_SECONDS + 1}`);
    timer.tick();
    const isOld = async () =>
      (await query(path, "SELECT released < unixepoch() - 60 AS old FROM bodies"))[0]?.["old"] === 1;
    while (await isOld());
    const other = new Sql({ url: path });
    await other.has("key"); // It sweeps when it opens.
    await other[Symbol.asyncDispose]();
    assert.equal(await countRows(path), "0 1 1");
    await draft.finish("key");
    assert.deepEqual(await (await storage.get("key"))?.bytes(), noise(2 * CHUNK));
    timer.tick(); // A late one must not release what an entry names.
    await storage.has("key");
    assert.deepEqual(await query(path, "SELECT released FROM bodies"), [{ released: null }]);
  });
});

test("Sql makes nothing visible of a draft that was swept", options, async () => {
  await withDatabase(async (storage, path) => {
    await storage.put("key", noise(9));
    const draft = await storage.draft();
    await draft.write(noise(3 * CHUNK));
    await query(path, `UPDATE bodies SET released = released - ${RELEASED_GRACE_SECONDS + 1}`);
    const other = new Sql({ url: path });
    await other.has("key");
    await other[Symbol.asyncDispose]();
    await assert.rejects(draft.finish("key"), /constraint/i);
    assert.deepEqual(await (await storage.get("key"))?.bytes(), noise(9));
    assert.equal(await countRows(path), "1 0 0");
  });
});
