/** `f.fleche.open()`: a kept result as bytes. */
import assert from "node:assert/strict";
import test from "node:test";
import { Cache, CacheMissError, CborFile, fleche, Memory, PickleFile } from "../../mod.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

const memory = (): Cache => new Cache({ values: new Memory(), calls: new Memory() });

test("open gives size, digest, type and the bytes of a stream, whole and in part", async () => {
  const bytes = new Uint8Array(1_000_000).map((_, at) => at >> 4);
  const cache = memory();
  const f = fleche(() => new Blob([bytes]).stream(), { name: "opened", cache });
  await new Response(await f()).arrayBuffer();
  const stored = await f.fleche.open();
  assert.equal(stored.size, bytes.length);
  assert.equal(stored.key, await f.digest());
  assert.equal(stored.digest, (await cache.record(stored.key))?.result);
  assert.equal(stored.type, "application/octet-stream");
  assert.deepEqual(await stored.bytes(), bytes);
  for (const [start, end] of [[0, 1], [262_143, 262_145], [999_990, 2_000_000], [5, 5], [0, 1_000_000]]) {
    const part = new Uint8Array(
      await new Response(stored.stream({ start: start ?? 0, end: end ?? 0 })).arrayBuffer(),
    );
    assert.deepEqual(part, bytes.slice(start, end));
  }
  assert.throws(() => stored.stream({ start: 2, end: 1 }), RangeError);
});

test("open rejects with a CacheMissError where nothing is kept, and runs nothing", async () => {
  let runs = 0;
  const f = fleche((_: number) => ++runs, { name: "not there", cache: memory() });
  await assert.rejects(
    f.fleche.open(1),
    (error) => error instanceof CacheMissError && error.reason === "absent",
  );
  assert.equal(runs, 0);
});

test("open gives what the storage's codec wrote of a value that is no stream", async () => {
  await withTemporaryDirectory(async (root) => {
    const value = { rows: [1, 2, 3] };
    for (
      const [values, type] of [
        [new CborFile({ root }), "application/cbor"],
        [new PickleFile({ root }), "application/octet-stream"],
      ] as const
    ) {
      const f = fleche(() => value, { name: "value", cache: new Cache({ values, calls: new Memory() }) });
      await f();
      const stored = await f.fleche.open();
      assert.equal(stored.type, type);
      assert.deepEqual(await values.codec.decode(await stored.bytes()), value);
    }
  });
});

test("open tells the media type of a Response, a Blob and a sequence of items", async () => {
  const typeOf = async (result: () => unknown): Promise<string> => {
    const f = fleche(result, { name: "typed", cache: memory() });
    const given = await f();
    if (given instanceof Response) await given.arrayBuffer();
    if (given instanceof ReadableStream) await Array.fromAsync(given);
    return (await f.fleche.open()).type;
  };
  const headers = { "Content-Type": "text/csv" };
  assert.equal(await typeOf(() => new Response("a,b", { headers })), "text/csv");
  assert.equal(await typeOf(() => new Blob(["x"], { type: "image/png" })), "image/png");
  assert.equal(await typeOf(() => new Blob(["x"])), "application/octet-stream");
  assert.equal(await typeOf(() => ReadableStream.from([1])), "application/cbor-seq");
});

test("open serves a result over HTTP: whole, in part, and not at all to who has it", async () => {
  const f = fleche(() => new Response("0123456789", { headers: { "content-type": "text/x" } }), {
    name: "served",
    cache: memory(),
  });
  await (await f()).text();
  const stored = await f.fleche.open();
  const ask = (headers: Record<string, string> = {}): Response =>
    stored.response(new Request("http://localhost/", { headers }));
  const whole = ask();
  assert.equal(whole.status, 200);
  assert.equal(whole.headers.get("etag"), `"${stored.digest}"`);
  assert.equal(whole.headers.get("accept-ranges"), "bytes");
  assert.equal(whole.headers.get("content-type"), "text/x");
  assert.equal(whole.headers.get("content-length"), "10");
  assert.equal(await whole.text(), "0123456789");
  const part = ask({ range: "bytes=2-4" });
  assert.equal(part.status, 206);
  assert.equal(part.headers.get("content-range"), "bytes 2-4/10");
  assert.equal(await part.text(), "234");
  assert.equal(ask({ "if-none-match": `"${stored.digest}"` }).status, 304);
  assert.equal(ask({ range: "bytes=10-" }).status, 416);
  assert.equal(await stored.response().text(), "0123456789");
});
