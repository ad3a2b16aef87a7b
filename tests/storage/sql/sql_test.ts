import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { Sql } from "../../../src/storage/sql.ts";
import type { StoredBody } from "../../../src/storage/types.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { warningsOf } from "../../_warnings.ts";
import { query } from "./_databases.ts";

const KIB = 1024;
const LARGE = 3 * 256 * KIB + 5;

function noise(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  let state = seed;
  return Uint8Array.from({ length: size }, () => (state = (state * 1103515245 + 12345) & 0x7fffffff) >>> 16);
}

async function withDatabase(body: (storage: Sql, path: string) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "values.db");
    const storage = new Sql({ url: path });
    try {
      await body(storage, path);
    } finally {
      await storage[Symbol.asyncDispose]();
    }
  });
}

async function found(body: Promise<StoredBody | undefined>): Promise<StoredBody> {
  const entry = await body;
  assert.ok(entry !== undefined, "expected an entry");
  return entry;
}

test("Sql does no I/O before its first use", { timeout: 60_000 }, async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "a", "b", "calls.db");
    await new Sql({ url: path })[Symbol.asyncDispose]();
    assert.equal(existsSync(dirname(path)), false);
    const storage = new Sql({ url: `sqlite:///${path}` });
    assert.equal(existsSync(dirname(path)), false);
    await storage.has("key");
    assert.equal(existsSync(path), true);
    await storage[Symbol.asyncDispose]();
  });
});

test("Sql opens every form of file URL, with any characters in the path", { timeout: 60_000 }, async () => {
  await withTemporaryDirectory(async (directory) => {
    const name = "a b%20#?ü.db";
    const path = join(directory, name);
    const encoded = encodeURIComponent(name);
    const first = new Sql({ url: path });
    await first.put("key", noise(9));
    await first[Symbol.asyncDispose]();
    assert.equal(existsSync(path), true);
    const fromHere = relative(process.cwd(), directory);
    for (
      const url of [
        `file://${directory}/${encoded}`,
        `file:${directory}/${encoded}`,
        `file:${fromHere}/${encoded}`,
      ]
    ) {
      const storage = new Sql({ url });
      assert.deepEqual(await (await found(storage.get("key"))).bytes(), noise(9), url);
      await storage[Symbol.asyncDispose]();
    }
  });
});

test("Sql refuses a home folder that nobody has written out", () => {
  assert.throws(() => new Sql({ url: "sqlite:///~/calls.db" }), {
    name: "TypeError",
    message: /in configuration files only/,
  });
});

test("Sql in memory is its own database", { timeout: 60_000 }, async () => {
  const [left, right] = [new Sql({ url: "sqlite://" }), new Sql({ url: ":memory:" })];
  await left.put("key", noise(3));
  assert.equal(await right.has("key"), false);
  await left[Symbol.asyncDispose]();
  await right[Symbol.asyncDispose]();
});

test("Sql rejects what is asked after it was disposed of", { timeout: 60_000 }, async () => {
  await withTemporaryDirectory(async (directory) => {
    const used = new Sql({ url: join(directory, "used.db") });
    await used.put("large", noise(LARGE));
    const body = await found(used.get("large"));
    for (const storage of [used, new Sql({ url: join(directory, "unused.db") })]) {
      await storage[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
      const disposed = { name: "TypeError", message: /its storage was disposed of$/ };
      await assert.rejects(storage.get("key"), disposed);
      await assert.rejects(storage.put("key", noise(1)), disposed);
      await assert.rejects(storage.has("key"), disposed);
      await assert.rejects(storage.delete("key"), disposed);
      await assert.rejects(Array.fromAsync(storage.keys()), disposed);
    }
    await assert.rejects(body.bytes(), /disposed of/);
    assert.equal(existsSync(join(directory, "unused.db")), false);
  });
});

test("Sql opened and disposed of at once leaves nothing open", { timeout: 60_000 }, async () => {
  await withTemporaryDirectory(async (directory) => {
    const storage = new Sql({ url: join(directory, "calls.db") });
    const put = storage.put("key", noise(1)).then(() => "kept", () => "refused");
    await storage[Symbol.asyncDispose]();
    assert.match(await put, /kept|refused/);
  });
});

test("Sql has all bytes in the database file when it was disposed of", { timeout: 60_000 }, async () => {
  await withDatabase(async (storage, path) => {
    await storage.put("key", noise(5000));
    await storage[Symbol.asyncDispose]();
    assert.ok(readFileSync(path).includes(noise(5000).subarray(0, 100)));
  });
});

test("Sql lists keys over many pages, in order, by prefix", { timeout: 60_000 }, async () => {
  const storage = new Sql({ url: "sqlite://" });
  const keys = Array.from(
    { length: 1203 },
    (_, at) => `${at % 2 === 0 ? "a" : "b"}${String(at).padStart(5, "0")}`,
  );
  for (const key of keys) await storage.put(key, noise(1));
  assert.deepEqual(await Array.fromAsync(storage.keys()), keys.toSorted());
  assert.deepEqual(
    await Array.fromAsync(storage.keys({ prefix: "b" })),
    keys.filter((key) => key.startsWith("b")),
  );
  await storage[Symbol.asyncDispose]();
});

test(
  "Sql gives a miss and one warning for every damaged byte of a small entry",
  { timeout: 60_000 },
  async () => {
    await withDatabase(async (storage, path) => {
      const body = noise(20);
      const warnings = await warningsOf(async () => {
        for (let at = 0; at < body.length + 32; at++) {
          await storage.put("small-damage", body);
          const [column, offset] = at < body.length ? ["body", at] : ["checksum", at - body.length];
          const [row] = await query(path, `SELECT ${column} AS bytes FROM calls`);
          const bytes = new Uint8Array(row?.["bytes"] as ArrayBuffer);
          bytes[offset] = (bytes[offset] ?? 0) ^ 1;
          await query(path, `UPDATE calls SET ${column} = ?`, [bytes]);
          assert.equal(await storage.get("small-damage"), undefined, `${column} byte ${offset}`);
          assert.equal(await storage.has("small-damage"), false, "set aside");
        }
      });
      assert.equal(warnings.length, 1);
      assert.match(
        warnings[0] ?? "",
        /Cannot deliver entry "small-damage": the body is not as it was put at offset 0 in database/,
      );
      await storage.put("small-damage", body);
      assert.deepEqual(await (await found(storage.get("small-damage"))).bytes(), body);
    });
  },
);

test(
  "Sql gives a miss for entries that are cut, longer, swapped or under another key",
  { timeout: 60_000 },
  async () => {
    await withDatabase(async (storage, path) => {
      const DAMAGES = [
        "UPDATE calls SET body = substr(body, 1, 19) WHERE key = 'x'",
        "UPDATE calls SET body = CAST(body || x'00' AS BLOB) WHERE key = 'x'",
        "UPDATE calls SET body = x'' WHERE key = 'x'",
        "UPDATE calls SET checksum = x'' WHERE key = 'x'",
        "UPDATE calls SET (body, checksum) = (SELECT body, checksum FROM calls WHERE key = 'y') WHERE key = 'x'",
        "UPDATE calls SET (chunked, size, checksum, body) = (SELECT chunked, size, checksum, NULL FROM calls WHERE key = 'z') WHERE key = 'x'",
        "UPDATE calls SET size = size + 1 WHERE key = 'z'",
        "UPDATE calls SET size = 1000000000000 WHERE key = 'z'",
        "UPDATE chunks SET data = substr(data, 2) WHERE seq = 0",
        "UPDATE chunks SET checksum = zeroblob(32) WHERE seq = 0",
        "DELETE FROM chunks WHERE seq = 0",
        "UPDATE chunks SET seq = CASE seq WHEN 0 THEN 100 WHEN 1 THEN 0 ELSE seq END",
      ];
      await warningsOf(async () => {
        for (const damage of DAMAGES) {
          await storage.put("x", noise(20, 1));
          await storage.put("y", noise(20, 2));
          await storage.put("z", noise(LARGE, 3));
          await query(path, "DELETE FROM bodies WHERE released IS NOT NULL");
          await query(path, damage);
          const key = damage.includes("'x'") ? "x" : "z";
          assert.equal(await storage.get(key), undefined, damage);
          assert.equal(await storage.has(key), false, damage);
          assert.deepEqual(await (await found(storage.get("y"))).bytes(), noise(20, 2));
        }
      });
    });
  },
);

test(
  "Sql errors a stream before a damaged chunk, with nothing of it delivered",
  { timeout: 60_000 },
  async () => {
    await withDatabase(async (storage, path) => {
      for (
        const damage of [
          "UPDATE chunks SET data = CAST(substr(data, 1, 99) || x'ff' || substr(data, 101) AS BLOB) WHERE seq = 2",
          "DELETE FROM chunks WHERE seq = 2",
          "UPDATE chunks SET data = substr(data, 1, 10) WHERE seq = 2",
        ]
      ) {
        const body = noise(LARGE, 7);
        await storage.put("later-damage", body);
        await query(path, "DELETE FROM bodies WHERE released IS NOT NULL");
        await query(path, damage);
        const stream = (await found(storage.get("later-damage"))).stream();
        const warnings = await warningsOf(async () => {
          let delivered = 0;
          const drained = (async () => {
            for await (const chunk of stream) {
              assert.deepEqual(chunk, body.slice(delivered, delivered + chunk.length));
              delivered += chunk.length;
            }
          })();
          await assert.rejects(drained, { name: "IntegrityError", key: "later-damage", offset: 512 * KIB });
          assert.equal(delivered, 512 * KIB);
        });
        assert.ok(warnings.length <= 1);
        assert.equal(await storage.get("later-damage"), undefined, "a miss from now on");
      }
    });
  },
);

test(
  "Sql keeps a replaced or deleted body for those who read it, and sweeps it later",
  { timeout: 60_000 },
  async () => {
    await withDatabase(async (storage, path) => {
      const bodies = () => query(path, "SELECT count(*) AS n FROM bodies WHERE released IS NOT NULL");
      await storage.put("key", noise(LARGE, 1));
      const old = await found(storage.get("key"));
      await storage.put("key", noise(LARGE, 2));
      await storage.delete("key");
      assert.deepEqual(await bodies(), [{ n: 2 }]);
      assert.deepEqual(await old.bytes(), noise(LARGE, 1));
      await storage.put("other", noise(LARGE, 3));
      await query(path, "UPDATE bodies SET released = released - 3601 WHERE released IS NOT NULL");
      const second = new Sql({ url: path });
      assert.deepEqual(await (await found(second.get("other"))).bytes(), noise(LARGE, 3));
      assert.deepEqual(await bodies(), [{ n: 0 }]);
      assert.deepEqual(await query(path, "SELECT count(DISTINCT body) AS n FROM chunks"), [{ n: 1 }]);
      await second[Symbol.asyncDispose]();
    });
  },
);

test("Sql leaves no chunk of a put that failed", { timeout: 60_000 }, async () => {
  await withDatabase(async (storage, path) => {
    const failure = new Error("the source broke");
    const source = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(noise(300 * KIB));
        if (controller.desiredSize === null || ++pulls > 3) controller.error(failure);
      },
    });
    let pulls = 0;
    await assert.rejects(storage.put("key", source), failure);
    assert.deepEqual(
      await query(path, "SELECT (SELECT count(*) FROM bodies) b, (SELECT count(*) FROM chunks) c"),
      [{ b: 0, c: 0 }],
    );
  });
});

test("Sql shows a body put as a stream only when it is whole", { timeout: 60_000 }, async () => {
  await withDatabase(async (storage, path) => {
    let pulls = 0;
    const seen: unknown[] = [];
    await storage.put(
      "key",
      new ReadableStream<Uint8Array>({
        async pull(controller) {
          seen.push(...await query(path, "SELECT count(*) AS n FROM calls"));
          if (++pulls > 5) return controller.close();
          controller.enqueue(noise(200 * KIB, pulls));
        },
      }, { highWaterMark: 0 }),
    );
    assert.deepEqual(seen, Array.from({ length: 6 }, () => ({ n: 0 })));
    assert.equal((await found(storage.get("key"))).size, 1000 * KIB);
  });
});

test(
  "Sql refuses a staged body that was swept, and keeps the earlier entry",
  { timeout: 60_000 },
  async () => {
    await withDatabase(async (storage, path) => {
      for (
        const damage of [
          "DELETE FROM bodies WHERE released IS NOT NULL",
          "DELETE FROM chunks WHERE body = (SELECT max(id) FROM bodies)",
        ]
      ) {
        await storage.put("key", noise(10));
        let pulls = 0;
        const source = new ReadableStream<Uint8Array>({
          async pull(controller) {
            if (++pulls === 4) await query(path, damage);
            if (pulls > 4) return controller.close();
            controller.enqueue(noise(256 * KIB));
          },
        }, { highWaterMark: 0 });
        await assert.rejects(storage.put("key", source), damage);
        assert.deepEqual(await (await found(storage.get("key"))).bytes(), noise(10));
      }
    });
  },
);

test("Sql says which server it cannot reach, without its token", { timeout: 60_000 }, async () => {
  const storage = new Sql({ url: "http://127.0.0.1:9/cache?authToken=s3cret" });
  await assert.rejects(storage.get("key"), (error: Error) => {
    assert.match(error.message, /^Cannot open database "http:\/\/127\.0\.0\.1:9\/cache": /);
    return !error.message.includes("s3cret");
  });
  await storage[Symbol.asyncDispose]();
});
