import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { digest } from "../../src/digest/digest.ts";
import { digestNow } from "../../src/digest/digest_now.ts";
import { DigestError } from "../../src/errors.ts";

test("digest of a Blob is that of the form in the specification", async () => {
  const content = createHash("sha256").update("abc").digest();
  const form = Buffer.concat([Buffer.from("fleche-1/value\0"), Buffer.from("Ls\x09image/png\0"), content]);
  const expected = createHash("sha256").update(form).digest("hex");
  assert.equal(await digest(new Blob(["a", "bc"], { type: "image/png" })), expected);
});

test("digest of a File counts its name and content, not when it was changed", async () => {
  const one = await digest(new File(["a"], "n", { lastModified: 1 }));
  assert.equal(await digest(new File(["a"], "n", { lastModified: 2 })), one);
});

test("digest sees one Blob twice as one, and reads it once", async () => {
  const blob = new Blob(["a"]);
  assert.notEqual(await digest([blob, blob]), await digest([blob, new Blob(["a"])]));
});

test("digest of a Blob goes on while others are made", async () => {
  const slow = digestNow([new Blob([new Uint8Array(3 << 20)]), { a: 1 }]);
  const others = Array.from({ length: 20 }, (_, i) => digestNow({ i, text: "x".repeat(i * 10_000) }));
  assert.deepEqual(
    others,
    Array.from({ length: 20 }, (_, i) => digestNow({ i, text: "x".repeat(i * 10_000) })),
  );
  assert.equal(await slow, await digestNow([new Blob([new Uint8Array(3 << 20)]), { a: 1 }]));
});

test("digest refuses a Blob whose content cannot be read", async () => {
  const { arrayBuffer } = Blob.prototype;
  Blob.prototype.arrayBuffer = () => Promise.reject(new Error("the file is gone"));
  try {
    await assert.rejects(digest({ file: new Blob(["abc"]) }), (error) => {
      assert.ok(error instanceof DigestError);
      assert.equal(error.path, "$.file");
      assert.match(error.message, /cannot be read: the file is gone/);
      return true;
    });
  } finally {
    Blob.prototype.arrayBuffer = arrayBuffer;
  }
});

test("digest reads a large Blob in flat memory", { timeout: 60_000 }, async () => {
  const size = 64 << 20;
  const blob = new Blob([new Uint8Array(size)]);
  let largest = 0;
  const { arrayBuffer } = Blob.prototype;
  Blob.prototype.arrayBuffer = async function (this: Blob): Promise<ArrayBuffer> {
    const bytes = await arrayBuffer.call(this);
    largest = Math.max(largest, bytes.byteLength);
    return bytes;
  };
  try {
    const content = createHash("sha256");
    const zeros = new Uint8Array(1 << 20);
    for (let i = 0; i < 64; i++) content.update(zeros);
    const form = Buffer.concat([Buffer.from("fleche-1/value\0"), Buffer.from("Ls\0\0"), content.digest()]);
    assert.equal(await digest(blob), createHash("sha256").update(form).digest("hex"));
    assert.equal(largest, 1 << 20);
  } finally {
    Blob.prototype.arrayBuffer = arrayBuffer;
  }
});
