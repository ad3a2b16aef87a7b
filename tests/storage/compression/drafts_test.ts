import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import * as fc from "fast-check";
import { CompressedStorage } from "../../../src/storage/compressed_storage.ts";
import { compressions } from "../../../src/storage/compression/compression.ts";
import { Memory } from "../../../src/storage/memory.ts";
import type { Draft, Storage } from "../../../src/storage/types.ts";
import { drained, entropy, KIB, MIB, mixture, prose } from "./_bodies.ts";

const timeout = 60_000;

function storageOver(inner: Storage, compression: typeof compressions[number] = "gzip"): CompressedStorage {
  return new CompressedStorage({ compression, inner });
}

async function draftOf(storage: Storage): Promise<Draft> {
  const draft = await storage.draft?.();
  assert.ok(draft);
  return draft;
}

/** All of a draft from `position` on, read as a follower does. */
async function readFrom(draft: Draft, position: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for (let at = position; at < draft.size;) {
    const part = await draft.read(at);
    assert.ok(part.length > 0 && part.length <= MIB, `${part.length} bytes at ${at}`);
    parts.push(part);
    at += part.length;
  }
  return new Uint8Array(Buffer.concat(parts));
}

function digestOf(body: Uint8Array): string {
  const whole = createHash("sha256");
  for (let at = 0; at < body.length; at += 256 * KIB) {
    whole.update(createHash("sha256").update(body.subarray(at, at + 256 * KIB)).digest());
  }
  return whole.digest("hex");
}

/** A storage around another, whose drafts do what `change` makes of them. */
function withDrafts(inner: Storage, change: (draft: Draft) => Partial<Draft>): Storage {
  return {
    put: (key, body, options) => inner.put(key, body, options),
    async draft() {
      const draft = await draftOf(inner);
      const changed = change(draft);
      return {
        get size() {
          return draft.size;
        },
        write: changed.write ?? ((chunk) => draft.write(chunk)),
        read: changed.read ?? ((position) => draft.read(position)),
        digest: () => draft.digest(),
        finish: changed.finish ?? ((key, options) => draft.finish(key, options)),
        abandon: changed.abandon ?? (() => draft.abandon()),
      };
    },
    get: (key, options) => inner.get(key, options),
    has: (key) => inner.has(key),
    delete: (key) => inner.delete(key),
    keys: (options) => inner.keys(options),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

for (const compression of compressions) {
  test(`CompressedStorage gives drafts of ${compression} to read while they grow`, { timeout }, async () => {
    const chunkSize = fc.oneof(fc.nat(5000), fc.nat(700_000), fc.constantFrom(256 * KIB, MIB, 2 * MIB));
    await fc.assert(
      fc.asyncProperty(fc.array(chunkSize, { maxLength: 12 }), fc.nat(), async (sizes, seed) => {
        const body = mixture(sizes.reduce((sum, size) => sum + size, 0));
        const storage = storageOver(new Memory(), compression);
        const draft = await draftOf(storage);
        let at = 0;
        for (const size of sizes) {
          await draft.write(body.slice(at, at + size));
          at += size;
          assert.equal(draft.size, at);
          const from = at === 0 ? 0 : seed % at;
          assert.deepEqual(await readFrom(draft, from), body.slice(from, at));
        }
        assert.deepEqual(await readFrom(draft, 0), body);
        assert.equal(draft.digest(), digestOf(body));
        await draft.finish("key");
        const found = await storage.get("key");
        assert.equal(found?.size, body.length);
        assert.deepEqual(await found?.bytes(), body);
      }),
      { numRuns: 10 },
    );
  });

  test(`CompressedStorage writes by drafts what it puts, of ${compression}`, { timeout }, async () => {
    const body = mixture(5 * MIB + 3);
    const inner = new Memory();
    const storage = storageOver(inner, compression);
    const draft = await draftOf(storage);
    for (let at = 0; at < body.length; at += 100_000) await draft.write(body.slice(at, at + 100_000));
    await draft.finish("drafted");
    await storage.put("put", body);
    assert.deepEqual(await (await inner.get("drafted"))?.bytes(), await (await inner.get("put"))?.bytes());
  });
}

test("CompressedStorage's drafts are followed by several, each at its own pace", { timeout }, async () => {
  const body = mixture(8 * MIB);
  const draft = await draftOf(storageOver(new Memory(), "zstd"));
  let grown = Promise.withResolvers<void>();
  let isOver = false;
  const follow = async (pace: number): Promise<Uint8Array> => {
    const parts: Uint8Array[] = [];
    for (let at = 0; !isOver || at < body.length;) {
      if (at >= draft.size) {
        await grown.promise;
        continue;
      }
      const part = await draft.read(at);
      parts.push(part.subarray(0, pace));
      at += Math.min(pace, part.length);
    }
    return new Uint8Array(Buffer.concat(parts));
  };
  const followers = [KIB * 50, KIB * 300, MIB].map(follow);
  for (let at = 0; at < body.length; at += 70_000) {
    await draft.write(body.slice(at, at + 70_000));
    isOver = at + 70_000 >= body.length;
    grown.resolve();
    grown = Promise.withResolvers();
  }
  for (const follower of followers) assert.deepEqual(await follower, body);
  await draft.abandon();
});

test("CompressedStorage's drafts take copies, and give copies", { timeout }, async () => {
  const draft = await draftOf(storageOver(new Memory()));
  const body = mixture(2 * MIB);
  const chunk = body.slice();
  const written = draft.write(chunk);
  chunk.fill(0xff);
  await written;
  for (const position of [0, 2 * MIB - 10]) (await draft.read(position)).fill(0xff);
  assert.deepEqual(await readFrom(draft, 0), body);
  await draft.abandon();
});

test("CompressedStorage's drafts hold a few blocks, however much is written", { timeout }, async () => {
  let written = 0;
  const inner = withDrafts(new Memory(), (draft) => ({
    write: (chunk) => {
      written += chunk.length;
      return draft.write(chunk);
    },
  }));
  const draft = await draftOf(storageOver(inner));
  for (let taken = 0; taken < 10 * MIB; taken += 100_000) {
    await draft.write(entropy(100_000, taken + 1));
    assert.ok(draft.size - written < MIB, `${draft.size - written} bytes are held`);
  }
  await draft.abandon();
});

test("CompressedStorage's drafts wait for a slow inner draft", { timeout }, async () => {
  const gate = Promise.withResolvers<void>();
  const inner = withDrafts(new Memory(), (draft) => ({
    write: async (chunk) => {
      await gate.promise;
      await draft.write(chunk);
    },
  }));
  const storage = storageOver(inner);
  const draft = await draftOf(storage);
  const body = mixture(3 * MIB);
  let returned = false;
  const written = Promise.resolve(draft.write(body)).then(() => returned = true);
  assert.deepEqual(await readFrom(draft, 0), body, "read while nothing is written");
  assert.equal(returned, false);
  gate.resolve();
  await written;
  await draft.finish("key");
  assert.deepEqual(await (await storage.get("key"))?.bytes(), body);
});

test(
  "CompressedStorage's drafts fail for good when the inner draft does, and what was taken is read all the same",
  { timeout },
  async () => {
    const failure = Object.assign(new Error("No space left on device"), { code: "ENOSPC" });
    for (const survives of [0, 1, 3]) {
      let writes = 0;
      let isAbandoned = false;
      const memory = new Memory();
      const inner = withDrafts(memory, (draft) => ({
        write: (chunk) => {
          if (++writes > survives) throw failure;
          return draft.write(chunk);
        },
        abandon: () => {
          isAbandoned = true;
          return draft.abandon();
        },
      }));
      const draft = await draftOf(storageOver(inner));
      const body = mixture(4 * MIB);
      let at = 0;
      await assert.rejects(async () => {
        for (; at < body.length; at += 100_000) await draft.write(body.slice(at, at + 100_000));
      }, failure);
      await assert.rejects(async () => await draft.write(new Uint8Array(1)), failure);
      assert.deepEqual(await readFrom(draft, 0), body.slice(0, draft.size));
      await assert.rejects(draft.finish("key"), failure);
      assert.deepEqual(await readFrom(draft, 0), body.slice(0, draft.size), "after finish");
      await draft.abandon();
      assert.ok(isAbandoned);
      assert.equal(await memory.has("key"), false);
    }
  },
);

test(
  "CompressedStorage's drafts do not make unhandled rejections of writes that nobody awaits",
  { timeout },
  async () => {
    const failure = new Error("the disk is gone");
    const inner = withDrafts(new Memory(), () => ({ write: () => Promise.reject(failure) }));
    const draft = await draftOf(storageOver(inner));
    void draft.write(entropy(2 * MIB));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await assert.rejects(draft.finish("key"), failure);
  },
);

test("CompressedStorage's drafts leave nothing when they are abandoned, also while something is read", {
  timeout,
}, async () => {
  const memory = new Memory();
  const draft = await draftOf(storageOver(memory));
  const body = mixture(3 * MIB);
  await draft.write(body);
  const reading = draft.read(0);
  await draft.abandon();
  await draft.abandon();
  assert.deepEqual(await reading, body.slice(0, 256 * KIB));
  assert.throws(() => draft.write(new Uint8Array(1)), TypeError);
  assert.throws(() => draft.read(0), TypeError);
  assert.deepEqual(await Array.fromAsync(memory.keys()), []);
});

test("CompressedStorage's drafts wait for reads before they finish", { timeout }, async () => {
  const gate = Promise.withResolvers<void>();
  let isFinished = false;
  const inner = withDrafts(new Memory(), (draft) => ({
    read: async (position) => {
      await gate.promise;
      assert.equal(isFinished, false);
      return draft.read(position);
    },
    finish: (key, options) => {
      isFinished = true;
      return draft.finish(key, options);
    },
  }));
  const draft = await draftOf(storageOver(inner));
  const body = mixture(3 * MIB);
  await draft.write(body);
  const reading = draft.read(0);
  const finishing = draft.finish("key");
  gate.resolve();
  await finishing;
  assert.deepEqual(await reading, body.slice(0, 256 * KIB));
});

test("CompressedStorage's drafts read frames that the inner draft gives in pieces", { timeout }, async () => {
  const inner = withDrafts(new Memory(), (draft) => ({
    read: async (position) => (await draft.read(position)).slice(0, 777),
  }));
  const draft = await draftOf(storageOver(inner));
  const body = mixture(2 * MIB);
  await draft.write(body);
  assert.deepEqual(await readFrom(draft, 0), body);
  await draft.abandon();
});

test("CompressedStorage's drafts give no wrong byte when the inner draft does", { timeout }, async () => {
  const inner = withDrafts(new Memory(), (draft) => ({
    read: async (position) => {
      const part = await draft.read(position);
      part[0] = (part[0] ?? 0) ^ 1;
      return part;
    },
  }));
  const draft = await draftOf(storageOver(inner));
  await draft.write(mixture(2 * MIB));
  await assert.rejects(async () => await draft.read(0), { name: "IntegrityError", offset: 0 });
  await draft.abandon();
});

test(
  "CompressedStorage's drafts are gone when the signal aborts before they finish",
  { timeout },
  async () => {
    const memory = new Memory();
    const storage = storageOver(memory);
    await storage.put("key", prose(100));
    for (const size of [10, 3 * MIB]) {
      const draft = await draftOf(storage);
      await draft.write(mixture(size));
      const reason = new Error("enough");
      await assert.rejects(draft.finish("key", { signal: AbortSignal.abort(reason) }), reason);
      await draft.abandon();
      assert.deepEqual(await (await storage.get("key"))?.bytes(), prose(100));
    }
  },
);

test("CompressedStorage's drafts can be read when they cannot be finished, also their last block", {
  timeout,
}, async () => {
  const failure = new Error("the disk is gone");
  for (const failing of ["finish", "trailer"] as const) {
    const inner = withDrafts(new Memory(), (draft) => ({
      finish: () => Promise.reject(failure),
      write: (chunk) => {
        const isTrailer = Buffer.from(chunk.subarray(-20, -15)).toString("latin1") === "flecz";
        if (isTrailer && failing === "trailer") throw failure;
        return draft.write(chunk);
      },
    }));
    const draft = await draftOf(storageOver(inner));
    const body = mixture(1_000_000);
    await draft.write(body);
    await assert.rejects(draft.finish("key"), failure);
    assert.equal(draft.size, body.length);
    assert.deepEqual(await readFrom(draft, 0), body);
    await draft.abandon();
  }
});

test(
  "CompressedStorage gives a finished draft its place at once, an empty one too",
  { timeout },
  async () => {
    const storage = storageOver(new Memory());
    const draft = await draftOf(storage);
    assert.equal(draft.digest(), digestOf(new Uint8Array()));
    await draft.finish("key");
    assert.equal((await drained((await storage.get("key"))?.stream() ?? new ReadableStream())).length, 0);
    assert.deepEqual(await Array.fromAsync(storage.keys()), ["key"]);
  },
);
