/** Every kind of streamed result in every storage: the same on a miss and on a hit. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import test from "node:test";
import { type Asynchronous, Cache, fleche, Memory, type Storage } from "../../mod.ts";
import { random } from "../_random.ts";
import { isDeno } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { warningsOf } from "../_warnings.ts";
import { streamStorages } from "./_storages.ts";

const MIB = 1024 * 1024;

function bytesOf(size: number, seed: number = 1): Uint8Array<ArrayBuffer> {
  const next = random(seed);
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at++) bytes[at] = at % 3 === 0 ? next() * 256 : at >> 8;
  return bytes;
}

/** A stream that gives `bytes` in chunks of `size`. */
function inChunks(bytes: Uint8Array<ArrayBuffer>, size: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at += size));
    },
  });
}

const read = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array> =>
  new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());

/** Runs `body` with a cache over a storage; nothing may be warned of. */
async function withCache(
  open: (root: string) => Storage,
  body: (cache: Cache) => Promise<void>,
): Promise<void> {
  await withTemporaryDirectory(async (root) => {
    mkdirSync(`${root}/values`);
    const cache = new Cache({ values: open(`${root}/values`), calls: new Memory() });
    assert.deepEqual(await warningsOf(() => body(cache)), []);
    await cache[Symbol.asyncDispose]();
  });
}

/** Calls twice and hands both results to `check`: the function runs once. */
async function twice<R>(
  fn: () => R,
  cache: Cache,
  check: (result: Asynchronous<Awaited<R>>, from: "function" | "cache") => Promise<void>,
): Promise<void> {
  let runs = 0;
  const cached = fleche(() => {
    runs++;
    return fn();
  }, { name: "result", cache, strict: true });
  await check(await cached(), "function");
  assert.equal(await cached.contains(), true, "kept at its end");
  await check(await cached(), "cache");
  assert.equal(runs, 1);
}

for (const [name, open] of streamStorages) {
  for (
    const [what, size, chunk] of [
      ["nothing at all", 0, 1],
      ["one byte", 1, 1],
      ["chunks of one byte", 3000, 1],
      ["one chunk of a MiB and a byte", MIB + 1, 2 * MIB],
      ["chunks across the borders of what is checked", 3 * MIB + 77, 100_003],
    ] as const
  ) {
    test(`${name}: a stream of bytes, ${what}, is the same bytes on a miss and on a hit`, async () => {
      await withCache(open, async (cache) => {
        const bytes = bytesOf(size);
        await twice(() => inChunks(bytes, chunk), cache, async (stream) => {
          assert.ok(stream instanceof ReadableStream);
          assert.deepEqual(await read(stream), bytes);
        });
      });
    });
  }

  test(`${name}: a stream of bytes serves readers that bring their memory, on a miss and on a hit`, async () => {
    await withCache(open, async (cache) => {
      const bytes = bytesOf(300_000);
      await twice(() => inChunks(bytes, 70_000), cache, async (stream) => {
        const reader = stream.getReader({ mode: "byob" });
        let view = new Uint8Array(1000);
        let at = 0;
        for (;;) {
          const { done, value } = await reader.read(view);
          if (done) break;
          assert.ok(value.length > 0 && value.length <= 1000);
          assert.deepEqual(value, bytes.subarray(at, at += value.length));
          view = new Uint8Array(value.buffer);
        }
        assert.equal(at, bytes.length);
      });
    });
  });

  test(`${name}: a stream of items gives the items, on a miss and on a hit`, async () => {
    await withCache(open, async (cache) => {
      const items = [
        1,
        "two",
        { three: new Map([[3, new Date(0)]]) },
        [undefined],
        "x".repeat(2 * MIB),
        null,
      ];
      await twice(() => ReadableStream.from(items), cache, async (stream) => {
        assert.ok(stream instanceof ReadableStream);
        assert.deepEqual(await Array.fromAsync(stream), items);
      });
    });
  });

  test(`${name}: an async generator is one again, on a miss and on a hit`, async () => {
    await withCache(open, async (cache) => {
      const generate = async function* (): AsyncGenerator<unknown> {
        yield { id: 1 };
        yield await Promise.resolve(undefined);
        yield new Uint8Array([1, 2]);
      };
      await twice(generate, cache, async (generator) => {
        assert.equal(Object.prototype.toString.call(generator), "[object AsyncGenerator]");
        assert.deepEqual(await generator.next(), { done: false, value: { id: 1 } });
        assert.deepEqual(await Array.fromAsync(generator), [undefined, new Uint8Array([1, 2])]);
        assert.deepEqual(await generator.next(), { done: true, value: undefined });
      });
    });
  });

  test(`${name}: a Response has its status, its headers and its body, on a miss and on a hit`, async () => {
    await withCache(open, async (cache) => {
      const bytes = bytesOf(MIB);
      const headers: [string, string][] = [["content-type", "image/x"], ["set-cookie", "a=1"], [
        "set-cookie",
        "b=2",
      ]];
      const respond = () =>
        new Response(inChunks(bytes, 65_536), { status: 203, statusText: "So it is", headers });
      await twice(respond, cache, async (response) => {
        assert.ok(response instanceof Response);
        assert.equal(response.status, 203);
        assert.equal(response.statusText, "So it is");
        assert.deepEqual([...response.headers], headers);
        assert.deepEqual(new Uint8Array(await response.arrayBuffer()), bytes);
      });
    });
  });

  for (const size of [0, 5, MIB + 1, 3 * MIB]) {
    test(`${name}: a Blob of ${size} bytes is one again, on a miss and on a hit`, async () => {
      await withCache(open, async (cache) => {
        const bytes = bytesOf(size);
        await twice(() => new Blob([bytes], { type: "text/x" }), cache, async (blob) => {
          assert.ok(blob instanceof Blob);
          assert.equal(blob.size, size);
          assert.equal(blob.type, "text/x");
          assert.deepEqual(new Uint8Array(await blob.arrayBuffer()), bytes);
          assert.deepEqual(await read(blob.stream()), bytes);
          assert.deepEqual(
            new Uint8Array(await blob.slice(-10, -3).arrayBuffer()),
            bytes.slice(Math.max(0, size - 10), Math.max(0, size - 3)),
          );
          const part = blob.slice(3, 100, "part/x").slice(1);
          assert.equal(part.size, Math.max(0, Math.min(size, 100) - 4));
          assert.deepEqual(new Uint8Array(await part.arrayBuffer()), bytes.slice(4, 100));
        });
      });
    });
  }
}

const memory = (): Cache => new Cache({ values: new Memory(), calls: new Memory() });

test("a File keeps its name and its time", async () => {
  for (const size of [5, 2 * MIB]) {
    const make = () => new File([new Uint8Array(size)], "a.bin", { type: "x/y", lastModified: 77 });
    await twice(make, memory(), async (file) => {
      // Bun looks inside to tell a File.
      assert.ok(file instanceof (size === 5 || isDeno ? File : Blob));
      assert.deepEqual([file.name, file.type, file.lastModified, file.size], ["a.bin", "x/y", 77, size]);
      assert.equal((await file.bytes()).length, size);
    });
  }
});

test("a large File that was found and is another call's result too keeps its name, a Blob has none", async () => {
  const cache = new Cache({ values: new Memory(), calls: new Memory() });
  const parts = [bytesOf(2 * MIB)];
  const blob = fleche(() => new Blob(parts), { name: "inner blob", cache });
  const file = fleche(() => new File(parts, "a.bin", { lastModified: 5 }), { name: "inner file", cache });
  await Promise.all([blob(), file()]);
  await twice(file, cache, async ({ name, lastModified, size }) => {
    assert.deepEqual([name, lastModified, size], ["a.bin", 5, 2 * MIB]);
    await Promise.resolve();
  });
  await twice(blob, new Cache({ values: new Memory(), calls: new Memory() }), async (found) => {
    assert.equal("name" in found ? found.name : undefined, undefined);
    await Promise.resolve();
  });
});

test("what has more to it than its kind, by a class or properties of its own, is given as it is and not kept", async () => {
  class Tagged extends Response {
    tag = 1;
  }
  class Counted extends ReadableStream<Uint8Array<ArrayBuffer>> {
    count = 2;
  }
  class Named extends Blob {
    label = "a";
  }
  const results: Record<string, () => object> = {
    response: () => new Tagged("a"),
    stream: () => new Counted(),
    blob: () => new Named(["a"]),
    "response with a property": () => Object.assign(new Response("a"), { tag: 1 }),
    "stream with a property": () => Object.assign(new ReadableStream(), { count: 2 }),
    "blob with a property": () => Object.assign(new Blob(["a"]), { label: "a" }),
  };
  for (const [name, make] of Object.entries(results)) {
    const given = make();
    const f = fleche(() => given, { name, cache: new Cache({ values: new Memory(), calls: new Memory() }) });
    const warnings = await warningsOf(async () => assert.equal(await f(), given, name));
    assert.match(warnings.join(), new RegExp(`Cannot keep a result of "${name}" .* it is returned uncached`));
    assert.equal(await f.contains(), false, name);
  }
});

test("a large Blob is kept slice by slice, however its own stream hands it out", async () => {
  const bytes = bytesOf(3 * MIB + 5);
  const blob = new Blob([bytes]);
  Object.defineProperty(blob, "stream", { value: () => new Response(bytes).body });
  const values = new Memory();
  let largest = 0;
  const draft = values.draft.bind(values);
  values.draft = async () => {
    const inner = await draft();
    const write = inner.write.bind(inner);
    inner.write = (chunk) => {
      largest = Math.max(largest, chunk.length);
      return write(chunk);
    };
    return inner;
  };
  await twice(() => blob, new Cache({ values, calls: new Memory() }), async (kept) => {
    assert.deepEqual(new Uint8Array(await kept.arrayBuffer()), bytes);
  });
  assert.equal(largest, MIB);
});

test("a large stored Blob is read by whoever asks it, and refuses whoever looks inside, instead of seeming empty", async () => {
  const cache = memory();
  const text = "x".repeat(2 * MIB);
  await twice(() => new Blob([text]), cache, async (blob, from) => {
    if (from === "function") return;
    assert.throws(() => String(blob), /pass on its stream\(\)/);
    assert.equal(await new Response(blob.stream()).text(), text);
    for (const inside of [() => new Response(blob).text(), () => new Blob([blob]).text()]) {
      try {
        assert.equal(await inside(), text);
      } catch (error) {
        assert.match(String(error), /pass on its stream\(\)/);
      }
    }
    let clone: unknown;
    try {
      clone = structuredClone(blob);
    } catch {
      return;
    }
    assert.ok(!(clone instanceof Blob), "a clone would be empty");
  });
});

test("a Response without a body has none, and is kept when it is given", async () => {
  await twice(() => new Response(null, { status: 204 }), memory(), async (response) => {
    assert.equal(response.status, 204);
    assert.equal(response.body, null);
    assert.equal(await response.text(), "");
  });
});

test("a Response keeps the type that its body gave it", async () => {
  const form = new FormData();
  form.set("a", "b");
  const bodies = [
    [form, "multipart/form-data; boundary="],
    [new URLSearchParams("a=b"), "application/x-www-form-urlencoded"],
    [new Blob(["a"], { type: "image/png" }), "image/png"],
  ] as const;
  for (const [body, type] of bodies) {
    const cache = new Cache({ values: new Memory(), calls: new Memory() });
    await twice(() => new Response(body), cache, async (response, from) => {
      const given = response.headers.get("content-type");
      assert.ok(given?.startsWith(type), `${type} from ${from}: ${given}`);
      await response.text();
    });
  }
});

test("cacheIf sees the Response itself and keeps no failures", async () => {
  let runs = 0;
  const f = fleche(() => new Response("no", { status: 500 + runs++ }), {
    name: "failing",
    cache: memory(),
    cacheIf: ({ ok }) => ok,
  });
  assert.equal(await (await f()).text(), "no");
  assert.equal((await f()).status, 501);
});

test("an iterator that answers at once becomes an async one, on a miss, on a hit, and uncached", async () => {
  const numbers = function* (): Generator<number> {
    yield 1;
    yield 2;
  };
  const check = async (generator: AsyncIterable<number>) => {
    assert.equal(Object.prototype.toString.call(generator), "[object AsyncGenerator]");
    assert.deepEqual(await Array.fromAsync(generator), [1, 2]);
  };
  for (const options of [{ cache: memory() }, { cache: "void" }]) {
    const f = fleche(numbers, { name: "numbers", ...options });
    await check(await f());
    await check(await f());
  }
  const keys = fleche(() => new Map([[1, 1], [2, 2]]).keys(), { name: "keys", cache: memory() });
  await check(await keys());
  await check(await keys());
});

test("a plain object that is iterable is read as a stream, one with more to it is not", async () => {
  const plain = { [Symbol.asyncIterator]: () => ReadableStream.from([1, 2])[Symbol.asyncIterator]() };
  await twice(() => plain as AsyncIterable<number>, memory(), async (items) => {
    assert.deepEqual(await Array.fromAsync(items), [1, 2]);
  }).catch(() => assert.fail("must be kept"));
  const more = Object.assign(plain, { size: 2 });
  const f = fleche(() => more, { name: "more", cache: memory() });
  let result: unknown;
  assert.equal((await warningsOf(async () => result = await f())).length, 1);
  assert.equal(result, more);
});

test("a generator's returned value reaches the caller, and what has one is not kept", async () => {
  const f = fleche(async function* (): AsyncGenerator<number, string> {
    yield await Promise.resolve(1);
    return "sum";
  }, { name: "returns", cache: memory() });
  const warnings = await warningsOf(async () => {
    const generator = await f();
    assert.deepEqual(await generator.next(), { done: false, value: 1 });
    assert.deepEqual(await generator.next(), { done: true, value: "sum" });
  });
  assert.match(warnings.join(), /it is a generator that returns a value/);
  assert.equal(await f.contains(), false);
});

test("an item that cannot be kept reaches the caller, and all that comes after it", async () => {
  const opaque = () => 1;
  const f = fleche(async function* (): AsyncGenerator<unknown> {
    yield 1;
    yield await Promise.resolve(opaque);
    yield 3;
  }, { name: "opaque items", cache: memory() });
  const warnings = await warningsOf(async () => {
    assert.deepEqual(await Array.fromAsync(await f()), [1, opaque, 3]);
  });
  assert.match(warnings.join(), /a function .* cannot be restored/);
  assert.equal(await f.contains(), false);
});

test("the first chunk decides: bytes first and something else later is an error of the source", async () => {
  const f = fleche(() => ReadableStream.from<unknown>([new Uint8Array(1), "text"]), {
    name: "mixed",
    cache: memory(),
  });
  await assert.rejects(Array.fromAsync(await f()), /after the first chunk, all must be Uint8Array/);
  assert.equal(await f.contains(), false);
});

test("equal streams of two calls are one stored value; streams of other kinds and headers are not", async () => {
  const values = new Memory();
  const cache = new Cache({ values, calls: new Memory() });
  const bytes = bytesOf(1000);
  const drain = async (f: () => Promise<AsyncIterable<unknown>>) => void await Array.fromAsync(await f());
  const count = async () => (await Array.fromAsync(values.keys())).length;
  await drain(fleche(() => inChunks(bytes, 10), { name: "a", cache }));
  await drain(fleche(() => inChunks(bytes, 999), { name: "b", cache }));
  assert.equal(await count(), 1);
  await drain(async () =>
    (await fleche(() => new Response(bytes), { name: "c", cache })()).body ?? assert.fail()
  );
  assert.equal(await count(), 2);
  const { length } = bytes;
  await fleche(() => new Blob([bytes]), { name: "d", cache })();
  assert.equal(await count(), 3);
  assert.equal(length, 1000);
});

test("a source that fills one buffer again and again is kept as it was read", async () => {
  const buffer = new Uint8Array(1000);
  let count = 0;
  const f = () =>
    new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        if (count === 5) return controller.close();
        buffer.fill(++count);
        controller.enqueue(buffer);
      },
    }, { highWaterMark: 0 });
  const expected = new Uint8Array(5000).map((_, at) => 1 + Math.floor(at / 1000));
  await twice(f, memory(), async (stream) => assert.deepEqual(await read(stream), expected));
});

test("a large stored Blob or File is the same argument as one made of its bytes, whole and in part", async () => {
  const bytes = bytesOf(2 * MIB);
  const made = {
    blob: new Blob([bytes], { type: "a/b" }),
    file: new File([bytes], "c.bin", { type: "a/b" }),
  };
  const keyed = fleche((blob: unknown) => blob !== undefined, { name: "keyed", cache: memory() });
  for (const blob of [made.blob, made.file]) {
    const f = fleche(() => blob, { name: "made", cache: memory() });
    await f();
    const stored = await f();
    assert.notEqual(stored, blob);
    assert.equal(await keyed.digest(stored), await keyed.digest(blob));
    assert.equal(await keyed.digest({ in: [stored] }), await keyed.digest({ in: [blob] }));
    // Bun's slices of a File are Files.
    if (blob instanceof File) continue;
    assert.equal(
      await keyed.digest(stored.slice(5, 100, "x/y")),
      await keyed.digest(blob.slice(5, 100, "x/y")),
    );
    assert.notEqual(await keyed.digest(stored.slice(5, 100)), await keyed.digest(stored.slice(6, 100)));
  }
});
