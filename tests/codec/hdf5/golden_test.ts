import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { assertGolden } from "../../_golden.ts";
import { corpus } from "../_corpus.ts";
import { assertSame } from "../_same.ts";
import { codec, encoded } from "./_bytes.ts";

const GOLDEN = "codec/hdf5/version_1.base64";

test("hdf5Codec writes the same bytes on every runtime", () => {
  const lines = encoded(corpus()).toBase64().match(/.{1,110}/g) ?? [];
  assertGolden(GOLDEN, lines.map((line) => `${line}\n`).join(""));
});

test("hdf5Codec reads what was written before", async () => {
  const text = readFileSync(new URL(`../../golden/${GOLDEN}`, import.meta.url), "utf8");
  const read = await codec.decode(Uint8Array.fromBase64(text));
  assert.ok(typeof read === "object" && read !== null);
  assertSame(read, corpus());
});
