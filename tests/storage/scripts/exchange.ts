/** Writes or checks a corpus of entries under a root: `exchange.ts write|check ROOT`. Run by the other runtime. */
import assert from "node:assert/strict";
import { CborFile } from "../../../src/storage/cbor_file.ts";
import { CompressedStorage } from "../../../src/storage/compressed_storage.ts";
import { compressions } from "../../../src/storage/compression/compression.ts";
import { SealedStorage } from "../../../src/storage/sealed_storage.ts";
import type { Storage } from "../../../src/storage/types.ts";
import { prose } from "../compression/_bodies.ts";
import { noise } from "../file/_entries.ts";

const [task, root = ""] = process.argv.slice(2);
const sizes = [0, 1, 1000, 61_440, 61_441, 65_536, 262_144, 262_145, 1_500_000];
const keys = ["ab".repeat(32), "Key", "key", "日本/..", "x".repeat(400)];

const storages: [string, Storage][] = [
  ["plain", new CborFile({ root: `${root}/plain` })],
  ...compressions.map((compression): [string, Storage] => [
    compression,
    new CompressedStorage({ compression, inner: new CborFile({ root: `${root}/${compression}` }) }),
  ]),
  ...[false, true].map((encrypt): [string, Storage] => {
    const name = encrypt ? "encrypted" : "signed";
    const inner = new CborFile({ root: `${root}/${name}` });
    return [name, new SealedStorage({ inner, keys: ["5eed".repeat(8)], encrypt })];
  }),
];

let count = 0;
for (const [name, storage] of storages) {
  for (const size of sizes) {
    for (const [at, key] of keys.entries()) {
      const full = at === 0 ? size.toString(16).padStart(4, "0") + key.slice(4) : `${key}-${size}`;
      const body = at === 1 || at === 2 ? prose(size) : noise(size, at + 1);
      if (task === "write") {
        await storage.put(full, at % 2 === 0 ? body : new Blob([body]).stream());
      } else {
        assert.deepEqual(await (await storage.get(full))?.bytes(), body, `${name} ${full}`);
      }
      count++;
    }
  }
  if (task === "check") {
    assert.equal((await Array.fromAsync(storage.keys())).length, sizes.length * keys.length);
  }
}
process.stdout.write(`${count} entries`);
