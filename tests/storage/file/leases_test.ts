import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CborFile } from "../../../src/storage/cbor_file.ts";
import { PickleFile } from "../../../src/storage/pickle_file.ts";
import { beat } from "../../../src/storage/file/_leases.ts";
import type { Lease, Leases } from "../../../src/storage/types.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { withClockOf } from "../_clock.ts";
import { DIGEST, noise, temporaries } from "./_entries.ts";

const timeout = 60_000;

const pathIn = (root: string) => join(root, "v1", "tmp", `${DIGEST}.cbor.lease`);

/** Sets a file's time of modification. */
function date(path: string, ageMs: number): void {
  const time = new Date(Date.now() - ageMs);
  utimesSync(path, time, time);
}

async function taken(leases: Leases, key: string = DIGEST): Promise<Lease> {
  const lease = await leases.take(key);
  assert.ok(lease !== undefined, "expected a lease");
  return lease;
}

test(
  "FileLeases.take creates a file that tells the key, release removes it",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const { leases } = new CborFile({ root });
      for (const [key, name] of [[DIGEST, DIGEST], ["a B", "=a%20%42"]] as const) {
        const lease = await taken(leases, key);
        assert.deepEqual(temporaries(root), [`${name}.cbor.lease`]);
        await lease.release();
        assert.deepEqual(temporaries(root), []);
      }
      assert.deepEqual(readdirSync(root).sort(), ["CACHEDIR.TAG", "v1"]);
    }),
);

test(
  "FileLeases of storages with different suffixes in one root never meet",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const storages = [new CborFile({ root }), new PickleFile({ root })];
      const held = await Promise.all(storages.map(({ leases }) => taken(leases)));
      for (const lease of held) await lease.release();
    }),
);

test(
  "FileLeases.wait takes a lease that is older than a minute at once, and no younger one",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const { leases } = new CborFile({ root });
      const path = pathIn(root);
      mkdirSync(join(root, "v1", "tmp"), { recursive: true });
      writeFileSync(path, "");
      for (const ageMs of [58_000, 0, -3_600_000]) {
        date(path, ageMs);
        await assert.rejects(leases.wait(DIGEST, { signal: AbortSignal.timeout(50) }), {
          name: "TimeoutError",
        });
        assert.ok(existsSync(path));
      }
      date(path, 61_000);
      await leases.wait(DIGEST);
      assert.equal(existsSync(path), false);
    }),
);

test(
  "FileLeases.wait takes a silent lease whatever its date, and not one that is renewed",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const { leases } = new CborFile({ root });
      const path = pathIn(root);
      mkdirSync(join(root, "v1", "tmp"), { recursive: true });
      await withClockOf(600, async () => {
        writeFileSync(path, "");
        date(path, -3_600_000);
        await leases.wait(DIGEST);
        assert.equal(existsSync(path), false);

        writeFileSync(path, "");
        let at = 0;
        const renewing = setInterval(() => date(path, -(at += 1000)), 5);
        await assert.rejects(leases.wait(DIGEST, { signal: AbortSignal.timeout(400) }), {
          name: "TimeoutError",
        });
        clearInterval(renewing);
        assert.ok(existsSync(path));
      });
    }),
);

test(
  "FileLeases.beat renews what is held, and nothing that was released",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const { leases } = new CborFile({ root });
      const lease = await taken(leases);
      const path = pathIn(root);
      date(path, 30_000);
      beat();
      assert.ok(Date.now() - statSync(path).mtimeMs < 10_000);
      await lease.release();
      writeFileSync(path, "");
      date(path, 30_000);
      beat();
      assert.ok(Date.now() - statSync(path).mtimeMs > 20_000);
    }),
);

test(
  "FileLeases.beat follows no link that was laid in a lease's place",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const lease = await taken(new CborFile({ root }).leases);
      const victim = join(root, "victim");
      writeFileSync(victim, "");
      date(victim, 30_000);
      rmSync(pathIn(root));
      symlinkSync(victim, pathIn(root));
      beat();
      assert.ok(Date.now() - statSync(victim).mtimeMs > 20_000);
      await lease.release();
      assert.ok(existsSync(victim));
    }),
);

/** As it is for a holder that was stopped for six seconds while somebody took the lease over. */
async function stalled(root: string, then: (lease: Lease, path: string) => Promise<void>): Promise<void> {
  const lease = await taken(new CborFile({ root }).leases);
  const path = pathIn(root);
  rmSync(path);
  writeFileSync(path, "");
  date(path, -6000);
  await withClockOf(6000, () => then(lease, path));
}

test(
  "A file lease that was taken over is not released again by its first holder",
  { timeout },
  () =>
    withTemporaryDirectory((root) =>
      stalled(root, async (lease, path) => {
        await lease.release();
        assert.ok(existsSync(path));
      })
    ),
);

test(
  "A file lease that was taken over gets no sign of life any more, and is not released",
  { timeout },
  () =>
    withTemporaryDirectory((root) =>
      stalled(root, async (lease, path) => {
        const { mtimeMs } = lstatSync(path);
        beat();
        assert.equal(lstatSync(path).mtimeMs, mtimeMs);
        await lease.release();
        assert.ok(existsSync(path));
      })
    ),
);

test(
  "A file lease that nobody has taken over is released after any stall",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const { leases } = new CborFile({ root });
      for (const isRenewed of [false, true]) {
        const lease = await taken(leases);
        await withClockOf(3_600_000, async () => {
          if (isRenewed) beat();
          await lease.release();
        });
        assert.deepEqual(temporaries(root), []);
      }
    }),
);

test(
  "FileLeases: what is no file is nobody's lease",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const { leases } = new CborFile({ root });
      const path = pathIn(root);
      mkdirSync(join(path, "deep"), { recursive: true });
      for (const make of [() => {}, () => symlinkSync(join(root, "nowhere"), path)]) {
        make();
        await assert.rejects(leases.take(DIGEST), { code: "EEXIST" });
        await leases.wait(DIGEST);
        assert.ok(lstatSync(path, { throwIfNoEntry: false }) !== undefined);
        rmSync(path, { recursive: true });
      }
    }),
);

test(
  "FileLeases.take rejects with the system's error where no file can be, wait is over",
  { timeout },
  () =>
    withTemporaryDirectory(async (directory) => {
      const root = join(directory, "file");
      writeFileSync(root, "");
      const { leases } = new CborFile({ root });
      await assert.rejects(leases.take(DIGEST), { code: "ENOTDIR" });
      await leases.wait(DIGEST);
    }),
);

test(
  "FileLeases outlive the folder: release never rejects, wait is over",
  { timeout },
  () =>
    withTemporaryDirectory(async (directory) => {
      const root = join(directory, "cache");
      const { leases } = new CborFile({ root });
      const lease = await taken(leases);
      const waiting = leases.wait(DIGEST);
      renameSync(root, join(directory, "elsewhere"));
      await waiting;
      beat();
      await lease.release();
      const next = await taken(leases);
      await next.release();
    }),
);

test(
  "CborFile clears leases of dead processes with other leftovers",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const storage = new CborFile({ root });
      mkdirSync(join(root, "v1", "tmp"), { recursive: true });
      writeFileSync(pathIn(root), "");
      date(pathIn(root), 11 * 60_000);
      const held = await taken(storage.leases, "held");
      await storage.put(DIGEST, noise(10));
      assert.deepEqual(temporaries(root), ["=held.cbor.lease"]);
      await held.release();
    }),
);
