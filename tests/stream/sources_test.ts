/** Streams and chunks as real sources give them: each comes out the same, is kept, and is the same when it is found. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import test from "node:test";
import { Cache, CborFile, fleche, Memory } from "../../mod.ts";
import { isDeno } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { warningsOf } from "../_warnings.ts";
import { noise } from "../storage/file/_entries.ts";

const MIB = 1024 * 1024;

type Bytes = Uint8Array<ArrayBuffer>;

/** Calls a function three times at once and once more: it runs once, and all get what `read` must give. */
async function agrees(
  make: () => unknown,
  read: (result: unknown) => Promise<unknown>,
  expected: unknown,
): Promise<void> {
  await withTemporaryDirectory(async (root) => {
    for (const values of [new Memory(), new CborFile({ root })]) {
      let runs = 0;
      const f = fleche(() => (runs++, make()), {
        name: "source",
        cache: new Cache({ values, calls: new Memory() }),
      });
      const warnings = await warningsOf(async () => {
        const results = await Promise.all([f(), f(), f()]);
        for (const got of await Promise.all(results.map(read))) same(got, expected);
        assert.equal(await f.contains(), true, "kept");
        same(await read(await f()), expected);
      });
      assert.deepEqual(warnings, []);
      assert.equal(runs, 1);
    }
  });
}

function same(got: unknown, expected: unknown): void {
  if (!(got instanceof Uint8Array && expected instanceof Uint8Array)) return assert.deepEqual(got, expected);
  assert.equal(got.length, expected.length);
  assert.equal(Buffer.compare(got, expected), 0, "other bytes");
}

const drain = async (result: unknown): Promise<unknown> =>
  Buffer.concat(await Array.fromAsync(result as ReadableStream<Uint8Array>)) as Uint8Array;
const body = async (result: unknown): Promise<unknown> =>
  new Uint8Array(await (result as Response).arrayBuffer());
const items = async (result: unknown): Promise<unknown> =>
  await Array.fromAsync(result as AsyncIterable<unknown>);

const bytes = noise(500_000);

function streamOf(...chunks: unknown[]): ReadableStream<Bytes> {
  return ReadableStream.from(chunks as Bytes[]);
}

test("chunks that are Buffers, parts of larger buffers, and of shared memory are their bytes", async () => {
  const large = noise(1000);
  const shared = new Uint8Array(new SharedArrayBuffer(1000));
  shared.set(large);
  const chunks = () => [
    Buffer.from(large.subarray(0, 10)),
    // Of Node's pool.
    Buffer.from("pooled"),
    large.subarray(10, 500),
    shared.subarray(500, 900),
    large.subarray(900, 900),
    large.subarray(900),
  ];
  await agrees(() => streamOf(...chunks()), drain, new Uint8Array(Buffer.concat(chunks())));
});

test("chunks without bytes, first, last and in between, are nothing", async () => {
  const none = () => new Uint8Array(0);
  await agrees(() => streamOf(none(), none(), bytes.slice(), none(), none()), drain, bytes);
  await agrees(() => streamOf(none(), none()), drain, new Uint8Array(0));
});

test("a chunk of 100 MB is kept, in Memory and in a file", { timeout: 120_000 }, async () => {
  const large = new Uint8Array(100_000_000);
  for (let at = 0; at < large.length; at += 4096) large[at] = at >> 12;
  await withTemporaryDirectory(async (root) => {
    for (const values of [new Memory(), new CborFile({ root })]) {
      const f = fleche(() => streamOf(large), {
        name: "100 MB",
        cache: new Cache({ values, calls: new Memory() }),
      });
      for (const from of ["function", "cache"]) {
        let at = 0;
        for await (const chunk of await f()) {
          assert.equal(Buffer.compare(chunk, large.subarray(at, at += chunk.length)), 0, from);
        }
        assert.equal(at, large.length, from);
      }
    }
  });
});

test("a byte stream is read as one, whether its source enqueues or fills what it is given", async () => {
  for (const autoAllocateChunkSize of [undefined, 1000]) {
    await agrees(
      () => {
        let at = 0;
        return new ReadableStream({
          type: "bytes",
          ...(autoAllocateChunkSize === undefined ? {} : { autoAllocateChunkSize }),
          pull(controller) {
            const view = controller.byobRequest?.view;
            if (at >= bytes.length) {
              controller.close();
              controller.byobRequest?.respond(0);
            } else if (view) {
              const part = bytes.subarray(at, at += view.byteLength);
              new Uint8Array(view.buffer, view.byteOffset).set(part);
              controller.byobRequest?.respond(part.length);
            } else controller.enqueue(bytes.slice(at, at += 7000));
          },
        });
      },
      drain,
      bytes,
    );
  }
});

test("what fetch gives is kept: its status, its headers, its body", { timeout: 30_000 }, async () => {
  const server = createServer((request, response) => {
    if (request.url === "/none") return void response.writeHead(204).end();
    response.writeHead(206, { "content-type": "x/y", "x-a": "1" });
    response.write(bytes.subarray(0, 1000));
    setTimeout(() => response.end(bytes.subarray(1000)), 5);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await agrees(
      () => fetch(url),
      async (result) => {
        const { status, headers } = result as Response;
        return [status, headers.get("x-a"), headers.get("content-type"), await body(result)];
      },
      [206, "1", "x/y", bytes],
    );
    await agrees(
      () => fetch(`${url}/none`),
      async (result) => [(result as Response).body, await body(result)],
      [
        null,
        new Uint8Array(0),
      ],
    );
    await agrees(async () => (await fetch(url)).body, drain, bytes);
    await agrees(async () => await (await fetch(url)).blob(), (blob) => (blob as Blob).bytes(), bytes);
  } finally {
    await new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)));
  }
});

test("fetch from a server that breaks off fails and leaves nothing kept", { timeout: 30_000 }, async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-length": "1000000" });
    response.write(bytes);
    setTimeout(() => response.destroy(), 20);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const values = new Memory();
    const f = fleche(() => fetch(url), {
      name: "breaks off",
      cache: new Cache({ values, calls: new Memory() }),
    });
    await assert.rejects(async () => await body(await f()));
    assert.equal(await f.contains(), false);
    assert.deepEqual(await Array.fromAsync(values.keys()), []);
  } finally {
    await new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)));
  }
});

test("a clone of a Response, and the Response that was cloned, are kept", async () => {
  const original = () => new Response(bytes, { headers: { "x-a": "1" } });
  await agrees(() => original().clone(), body, bytes);
  await agrees(
    () => {
      const response = original();
      void response.clone().body?.cancel();
      return response;
    },
    body,
    bytes,
  );
});

test("a cached Response can be cloned and read twice, on a miss and on a hit", async () => {
  const read = async (result: unknown): Promise<unknown> => {
    const response = result as Response;
    const clone = response.clone();
    const both = await Promise.all([body(response), body(clone)]);
    same(both[0], both[1]);
    return both[0];
  };
  await agrees(() => new Response(bytes), read, bytes);
});

test("what transforms give is kept: TransformStream, CompressionStream, TextEncoderStream", async () => {
  const source = () => streamOf(bytes.slice(0, 200_000), bytes.slice(200_000));
  await agrees(() => source().pipeThrough(new TransformStream()), drain, bytes);
  const gunzip = (result: unknown): Promise<unknown> =>
    drain((result as ReadableStream<Bytes>).pipeThrough(new DecompressionStream("gzip")));
  await agrees(() => source().pipeThrough(new CompressionStream("gzip")), gunzip, bytes);
  const texts = () => ReadableStream.from(["é", "", "ü"]);
  await agrees(() => texts().pipeThrough(new TextEncoderStream()), drain, new TextEncoder().encode("éü"));
  await agrees(texts, items, ["é", "", "ü"]);
});

test("either half of a tee is kept, while the other is read or cancelled", async () => {
  await agrees(() => streamOf(bytes.slice()).tee()[1], drain, bytes);
  await agrees(
    () => {
      const [one, other] = streamOf(bytes.slice(), bytes.slice(0, 5)).tee();
      void drain(one);
      return other;
    },
    drain,
    new Uint8Array(Buffer.concat([bytes, bytes.subarray(0, 5)])),
  );
});

test("what Node's Readable.toWeb gives is kept", async () => {
  await agrees(
    () =>
      Readable.toWeb(
        Readable.from([Buffer.from(bytes.subarray(0, 1000)), Buffer.from(bytes.subarray(1000))]),
      ),
    drain,
    bytes,
  );
});

test("the runtime's own file streams and file Blobs are kept", { timeout: 30_000 }, async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = `${directory}/file`;
    const large = noise(2 * MIB + 3);
    writeFileSync(path, large);
    const arrayBuffer = (blob: unknown) => (blob as Blob).bytes();
    if (isDeno) {
      await agrees(async () => (await Deno.open(path)).readable, drain, large);
    } else {
      const { Bun } = globalThis as unknown as { Bun: { file(path: string): Blob } };
      await agrees(() => Bun.file(path).stream(), drain, large);
      await agrees(() => Bun.file(path), arrayBuffer, large);
      await agrees(() => new Blob([Bun.file(path)]), arrayBuffer, large);
      await agrees(() => new Response(Bun.file(path)), body, large);
    }
    await agrees(() => new Blob([large, "x"]).slice(5, -1).stream(), drain, large.subarray(5));
  });
});

test("generators of all kinds are kept: begun, delegating, helped along", async () => {
  async function* inner(): AsyncGenerator<number> {
    yield 1;
    yield await Promise.resolve(2);
  }
  async function* delegating(): AsyncGenerator<number> {
    yield* inner();
    yield* [3, 4];
    yield* ReadableStream.from([5]);
  }
  await agrees(delegating, items, [1, 2, 3, 4, 5]);
  await agrees(
    async () => {
      const begun = delegating();
      await begun.next();
      return begun;
    },
    items,
    [2, 3, 4, 5],
  );
  await agrees(() => [1, 2, 3, 4].values().map((n) => 2 * n).drop(1).take(2), items, [4, 6]);
  await agrees(() => "añb".matchAll(/[ab]/g).map(({ index }) => index), items, [0, 2]);
  await agrees(() => new Set([1, { two: 2 }]).values(), items, [1, { two: 2 }]);
  await agrees(
    async function* () {
      yield await Promise.resolve(new Uint8Array([1]));
      yield Buffer.from([2]).subarray(0, 1).slice();
    },
    async (result) => (await items(result) as Uint8Array[]).map((item) => [...item]),
    [[1], [2]],
  );
});

test("promises among the items of a generator that answers at once are waited for", async () => {
  const make = function* (): Generator<unknown> {
    yield Promise.resolve(1);
    yield 2;
  };
  await agrees(make, items, [1, 2]);
  const f = fleche(make, { name: "uncached", cache: "void" });
  assert.deepEqual(await items(await f()), [1, 2]);
});
