/**
 * How fast a cache is verified: 16 values of 64 MiB in files, which are in the page cache, and the record of each. Beside it
 * reading the same files and SHA-256 over all of it, without a look at anything.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readdirSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fleche, openCache } from "../../mod.ts";
import { measure } from "../harness/measure.ts";
import { handOver } from "../harness/report.ts";

const VALUES = 16;
const VALUE_BYTES = 64 * 2 ** 20;
const CHUNK_BYTES = 2 ** 20;

const directory = mkdtempSync(join(tmpdir(), "fleche-bench-"));
try {
  await using cache = openCache({
    values: { type: "CborFile", root: join(directory, "values") },
    calls: { type: "CborFile", root: join(directory, "calls") },
  });
  const kept = fleche(
    (seed: number) => new Blob(Array(VALUE_BYTES / CHUNK_BYTES).fill(new Uint8Array(CHUNK_BYTES).fill(seed))),
    { name: "kept", cache, strict: true },
  );
  for (let seed = 1; seed <= VALUES; seed++) await kept(seed);
  const files = readdirSync(join(directory, "values"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith(".cbor")).map((entry) => join(entry.parentPath, entry.name));
  assert.equal(files.length, VALUES);

  const buffer = new Uint8Array(CHUNK_BYTES);
  const readAndHash = (): string[] =>
    files.map((file) => {
      const hash = createHash("sha256");
      const fd = openSync(file, "r");
      for (let read = 0; (read = readSync(fd, buffer)) > 0;) hash.update(buffer.subarray(0, read));
      closeSync(fd);
      return hash.digest("hex");
    });
  const verify = async (): Promise<void> => {
    const { entries, bytes, faults } = await cache.verify();
    assert.deepEqual([entries, faults], [2 * VALUES, []]);
    assert.ok(bytes > VALUES * VALUE_BYTES);
  };
  handOver([
    await measure(
      {
        id: "verify/large",
        title: "Verify 16 values of 64 MiB and their records",
        reference: "raw-sha256",
        inputBytes: VALUES * VALUE_BYTES,
      },
      [
        { id: "fleche-files", label: "fleche, CborFile + CborFile", call: verify },
        { id: "raw-sha256", label: "read + SHA-256", sync: true, call: readAndHash },
      ],
      { rounds: 7, maxBatch: 1 },
    ),
  ]);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
