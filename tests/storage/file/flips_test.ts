import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { closeSync, mkdirSync, openSync, readSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { IntegrityError } from "../../../src/errors.ts";
import { CborFile } from "../../../src/storage/cbor_file.ts";
import type { StoredBody } from "../../../src/storage/types.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { warningsOf } from "../../_warnings.ts";
import { DIGEST, entryBySpecification, fileOf, noise, quarantined } from "./_entries.ts";

/** The smallest chunks that a reader takes, so that ten thousand readings of several do not take minutes. */
const CHUNK = 65_536;

const FLIPS = 10_000;

/** Numbers from 0 to below a limit, always the same for a seed. */
function seeded(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * limit);
  };
}

/** Flips a bit of a file where it lies. */
function flip(path: string, at: number, bit: number): void {
  const fd = openSync(path, "r+");
  const byte = new Uint8Array(1);
  readSync(fd, byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ (1 << bit);
  writeSync(fd, byte, 0, 1, at);
  closeSync(fd);
}

/** Puts an entry back that was set aside. */
function putBack(root: string): void {
  const [name] = quarantined(root);
  if (name !== undefined) renameSync(join(root, "v1", "quarantine", name), fileOf(root));
}

/** Reads a part to its end or to the damage, which it gives; fails when a wrong byte comes. */
async function readPart(found: StoredBody, body: Uint8Array, start: number, end: number): Promise<unknown> {
  let at = start;
  const reader = found.stream({ start, end }).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const expected = body.subarray(at, Math.min(at + next.value.length, end));
      assert.equal(Buffer.compare(next.value, expected), 0, `wrong bytes at ${at}`);
      at += next.value.length;
    }
  } catch (error) {
    assert.ok(error instanceof IntegrityError, `expected an IntegrityError, got ${error}`);
    assert.ok(at === start || error.offset >= at, "the offset lies behind what was delivered");
    return error.offset;
  }
  assert.equal(at, Math.min(end, body.length));
  return undefined;
}

test(
  `CborFile never delivers a wrong byte of a large entry, whole or in part, over ${FLIPS} random flips`,
  { timeout: 300_000 },
  async () => {
    const warnings = await warningsOf(() =>
      withTemporaryDirectory(async (root) => {
        const random = seeded(20_261_125);
        const body = noise(4 * CHUNK + 1000);
        const file = entryBySpecification(DIGEST, body, { chunkSize: CHUNK });
        const path = fileOf(root);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, file);
        const storage = new CborFile({ root });
        const before = await storage.get(DIGEST);
        assert.ok(before);
        for (let turn = 0; turn < FLIPS; turn++) {
          const [at, bit] = [random(file.length), random(8)];
          const chunk = at < body.length ? at - at % CHUNK : undefined;
          const start = random(body.length);
          const end = start + random(body.length);
          const what = `bit ${bit} of byte ${at}, range ${start}-${end}`;

          flip(path, at, bit);
          const found = await storage.get(DIGEST);
          // The first chunk and the trailer are checked before anything is found.
          assert.equal(found === undefined, chunk === undefined || chunk === 0, what);
          if (found !== undefined) assert.equal(await readPart(found, body, 0, body.length), chunk, what);
          assert.equal(await storage.has(DIGEST), false, `${what}: set aside`);
          putBack(root);

          // What was found before the damage has the first chunk and the checksums in memory, and knows the footer.
          const isRead = chunk !== undefined && chunk > 0 && start < chunk + CHUNK && end > chunk &&
            end > start;
          const isFooter = at >= file.length - 64;
          const offset = await readPart(before, body, start, end);
          assert.equal(offset, isFooter ? 0 : isRead ? chunk : undefined, what);
          assert.equal(await storage.has(DIGEST), offset === undefined, what);
          putBack(root);
          flip(path, at, bit);
        }
        assert.equal(await readPart(before, body, 0, body.length), undefined, "put back");
      })
    );
    assert.equal(warnings.length, 1, warnings.join("; "));
  },
);
