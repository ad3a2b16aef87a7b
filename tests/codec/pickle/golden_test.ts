import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { cloudpickleCodec } from "../../../src/codec/pickle/cloudpickle_codec.ts";
import { pickleCodec } from "../../../src/codec/pickle/pickle_codec.ts";
import { StoredFunction } from "../../../src/codec/pickle/stored_function.ts";
import type { Codec } from "../../../src/codec/types.ts";
import { assertGolden } from "../../_golden.ts";
import { corpus } from "../_corpus.ts";
import { assertSame } from "../_same.ts";
import { bytesOf, plainCorpus } from "./_bytes.ts";

/**
 * A function and a Blob have no likeness of their own to compare with, and stand at the end. The function is one as it is
 * read, since runtimes print the source of one differently.
 */
const more = {
  "function": new StoredFunction("add", "(a) => a + 1"),
  "Blob": new Blob(["bytes"], { type: "application/x-test" }),
};

const CASES: readonly (readonly [codec: Codec, values: () => Record<string, unknown>])[] = [
  [pickleCodec, plainCorpus],
  [cloudpickleCodec(), () => ({ ...corpus(), ...more })],
];

for (const [codec, values] of CASES) {
  const golden = `codec/pickle/${codec.name}_1.txt`;

  test(`${codec.name}Codec writes the bytes of its first version, on every runtime`, async () => {
    const lines = await Promise.all(
      Object.entries(values()).map(async ([name, value]) =>
        `${name}: ${(await bytesOf(codec, value)).toHex()}\n`
      ),
    );
    assertGolden(golden, lines.join(""));
  });

  test(`${codec.name}Codec reads the bytes of its first version`, async () => {
    const lines = readFileSync(new URL(`../../golden/${golden}`, import.meta.url), "utf8").trimEnd().split(
      "\n",
    );
    const expected = values();
    assert.deepEqual(lines.map((line) => line.split(": ", 1)[0]), Object.keys(expected));
    for (const line of lines) {
      const [name = "", hex = ""] = line.split(": ");
      if (Object.hasOwn(more, name)) continue;
      assertSame(await codec.decode(Uint8Array.fromHex(hex)), expected[name]);
    }
  });
}
