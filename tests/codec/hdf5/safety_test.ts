import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CodecError } from "../../../src/errors.ts";
import { corpus } from "../_corpus.ts";
import { codec, encoded } from "./_bytes.ts";
import { mutants, seeded } from "./_seeded.ts";

/** What decoding gives: the value, or the error, which must be a CodecError that says "malformed". */
async function decoded(bytes: Uint8Array): Promise<{ value: unknown } | { error: CodecError }> {
  try {
    return { value: await codec.decode(bytes) };
  } catch (error) {
    assert.ok(error instanceof CodecError, `another error: ${error}`);
    assert.equal(error.code, "malformed");
    assert.ok(error.offset !== undefined && error.offset >= 0 && error.offset <= bytes.length, error.message);
    return { error };
  }
}

async function refusal(bytes: Uint8Array): Promise<string> {
  const result = await decoded(bytes);
  assert.ok("error" in result, "was read");
  return result.error.message;
}

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
}

/** Whole files: ours of every kind, with many names, and Python's. */
function seeds(): Uint8Array[] {
  return [
    ...Object.values(corpus()).map(encoded),
    encoded(Array.from({ length: 40 }, (_, i) => i)),
    fixture("python_mixed.h5"),
    fixture("python_many.h5"),
  ];
}

for (let part = 0; part < 4; part++) {
  test(
    `hdf5Codec reads 15,000 damaged files or refuses them, part ${part + 1}`,
    { timeout: 120_000 },
    async () => {
      let read = 0;
      let longest = 0;
      for (const bytes of mutants(seeds(), 15_000, part)) {
        const start = performance.now();
        if ("value" in await decoded(bytes)) read++;
        longest = Math.max(longest, performance.now() - start);
      }
      assert.ok(read > 500 && read < 14_000, `${read} of 15000 were read`);
      assert.ok(longest < 2000, `one took ${longest} ms`);
      assert.deepEqual(Object.keys(Object.prototype), []);
    },
  );
}

test("hdf5Codec refuses 20,000 random byte strings", { timeout: 60_000 }, async () => {
  const random = seeded(9);
  const head = encoded(1).subarray(0, 48);
  for (let i = 0; i < 20_000; i++) {
    const bytes = Uint8Array.from({ length: random(300) }, () => random(256));
    if (i % 2 === 0) bytes.set(head.subarray(0, Math.min(bytes.length, 9)));
    await refusal(bytes);
  }
});

test("hdf5Codec refuses every beginning of a file", { timeout: 60_000 }, async () => {
  const bytes = encoded(corpus()["record"]);
  for (let length = 0; length < bytes.length; length += 7) await refusal(bytes.subarray(0, length));
});

test("hdf5Codec refuses what is no file of bagofholding's", async () => {
  assert.match(await refusal(new Uint8Array()), /does not begin like an HDF5 file at offset 0/);
  assert.match(await refusal(new TextEncoder().encode("{}".repeat(40))), /does not begin like an HDF5 file/);
});

test("hdf5Codec is ready again after it refused a file", async () => {
  await refusal(encoded("x").fill(255, 60));
  assert.equal(await codec.decode(encoded("x")), "x");
});
