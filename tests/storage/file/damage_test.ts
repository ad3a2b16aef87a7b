import assert from "node:assert/strict";
import { mkdirSync, readFileSync, renameSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { IntegrityError } from "../../../src/errors.ts";
import { CborFile } from "../../../src/storage/cbor_file.ts";
import { withTemporaryDirectory as withDirectory } from "../../_temporary.ts";
import { warningsOf } from "../../_warnings.ts";
import { DIGEST, fileOf, noise, quarantined } from "./_entries.ts";

const timeout = 60_000;

/** As ever, and checks that damage was reported once at most, however often it was met. */
async function withTemporaryDirectory(body: (root: string) => Promise<void>): Promise<void> {
  const warnings = await warningsOf(() => withDirectory(body));
  assert.ok(warnings.length <= 1, warnings.join("; "));
  for (const warning of warnings) assert.match(warning, /it is damaged; it was set aside in ".*quarantine"/);
}
const MIB = 1024 * 1024;

/** Puts `bytes` in place of the entry's file; then no way to read it gives anything but what was put. */
async function assertNothingWrong(
  root: string,
  bytes: Uint8Array,
  body: Uint8Array,
  what: string,
): Promise<"miss" | "whole"> {
  const storage = new CborFile({ root });
  writeFileSync(fileOf(root), bytes);
  const small = storage.small.get(DIGEST);
  if (small instanceof Uint8Array) {
    assert.deepEqual(small, body, what);
    return "whole";
  }
  const found = await storage.get(DIGEST);
  if (found === undefined) return "miss";
  assert.deepEqual(await found.bytes(), body, what);
  const part = await new Response(found.stream({ start: 1, end: 100 })).arrayBuffer();
  assert.deepEqual(new Uint8Array(part), body.subarray(1, 100), what);
  return "whole";
}

/** Reads an entry to the end or to its damage; checks that what came is the beginning of `body`. */
async function deliveredBefore(storage: CborFile, body: Uint8Array, key = DIGEST): Promise<number | "whole"> {
  const found = await storage.get(key);
  if (found === undefined) return 0;
  let at = 0;
  const reader = found.stream().getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      assert.deepEqual(next.value, body.subarray(at, at + next.value.length), `wrong bytes at ${at}`);
      at += next.value.length;
    }
  } catch (error) {
    assert.ok(error instanceof IntegrityError, `expected an IntegrityError, got ${error}`);
    assert.equal(error.key, key);
    assert.ok(error.offset >= at, "the offset lies behind what was delivered");
    return at;
  }
  assert.equal(at, body.length);
  return "whole";
}

for (const size of [0, 1, 300]) {
  test(
    `CborFile never delivers an entry of ${size} bytes with a flipped bit`,
    { timeout },
    () =>
      withTemporaryDirectory(async (root) => {
        const body = noise(size);
        await new CborFile({ root }).put(DIGEST, body);
        const whole = readFileSync(fileOf(root));
        for (let at = 0; at < whole.length; at++) {
          const flipped = new Uint8Array(whole);
          flipped[at] = (flipped[at] ?? 0) ^ (1 << at % 8);
          assert.equal(await assertNothingWrong(root, flipped, body, `byte ${at}`), "miss", `byte ${at}`);
        }
        assert.equal(await assertNothingWrong(root, whole, body, "whole"), "whole");
      }),
  );

  test(
    `CborFile never delivers an entry of ${size} bytes that was cut off or extended`,
    { timeout },
    () =>
      withTemporaryDirectory(async (root) => {
        const body = noise(size);
        await new CborFile({ root }).put(DIGEST, body);
        const whole = new Uint8Array(readFileSync(fileOf(root)));
        for (let length = 0; length < whole.length; length++) {
          const cut = whole.subarray(0, length);
          assert.equal(
            await assertNothingWrong(root, cut, body, `cut to ${length}`),
            "miss",
            `cut to ${length}`,
          );
          const late = whole.subarray(length + 1);
          assert.equal(
            await assertNothingWrong(root, late, body, `cut by ${length}`),
            "miss",
            `cut by ${length}`,
          );
        }
        for (const extra of [[0], [10], Array.from(whole)]) {
          const behind = new Uint8Array([...whole, ...extra]);
          assert.equal(await assertNothingWrong(root, behind, body, "extended"), "miss");
          const before = new Uint8Array([...extra, ...whole]);
          assert.equal(await assertNothingWrong(root, before, body, "extended in front"), "miss");
        }
      }),
  );
}

test(
  "CborFile never delivers a small entry that was damaged at random",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const body = noise(200);
      await new CborFile({ root }).put(DIGEST, body);
      const whole = new Uint8Array(readFileSync(fileOf(root)));
      const edit = fc.record({
        at: fc.nat(whole.length),
        remove: fc.nat(40),
        insert: fc.uint8Array({ maxLength: 40 }),
      });
      await fc.assert(
        fc.asyncProperty(edit, async ({ at, remove, insert }) => {
          const bytes = new Uint8Array([...whole.subarray(0, at), ...insert, ...whole.subarray(at + remove)]);
          const same = bytes.length === whole.length && bytes.every((byte, index) => byte === whole[index]);
          assert.equal(await assertNothingWrong(root, bytes, body, "edited"), same ? "whole" : "miss");
        }),
        { numRuns: 300 },
      );
    }),
);

test(
  "CborFile delivers nothing from the damaged byte of a large entry on",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const body = noise(3 * MIB + 1000);
      const storage = new CborFile({ root });
      await storage.put(DIGEST, body);
      const path = fileOf(root);
      const whole = new Uint8Array(readFileSync(path));
      const positions = [0, 5, MIB / 4 - 1, MIB / 4, MIB, 2 * MIB + 7, body.length - 1];
      for (let at = body.length; at < whole.length; at++) positions.push(at);
      for (const at of positions) {
        const flipped = new Uint8Array(whole);
        flipped[at] = (flipped[at] ?? 0) ^ 0x40;
        writeFileSync(path, flipped);
        const delivered = await deliveredBefore(storage, body);
        assert.notEqual(delivered, "whole", `byte ${at}`);
        assert.ok(Number(delivered) <= at, `byte ${at}: ${delivered} bytes came`);
        if (at < body.length) continue;
        assert.equal(delivered, 0, `byte ${at} of the trailer`);
      }
      assert.equal(await storage.has(DIGEST), false, "set aside");
    }),
);

test(
  "CborFile finds a large entry that was cut off or extended",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const body = noise(700_000);
      const storage = new CborFile({ root });
      await storage.put(DIGEST, body);
      const whole = new Uint8Array(readFileSync(fileOf(root)));
      for (
        const length of [
          0,
          1,
          63,
          64,
          65,
          65_535,
          65_536,
          65_537,
          262_144,
          700_000,
          whole.length - 64,
          whole.length - 1,
        ]
      ) {
        writeFileSync(fileOf(root), whole.subarray(0, length));
        assert.equal(await storage.get(DIGEST), undefined, `cut to ${length}`);
      }
      writeFileSync(fileOf(root), new Uint8Array([...whole, 0]));
      assert.equal(await storage.get(DIGEST), undefined, "extended");
      assert.equal(quarantined(root).length, 13);
    }),
);

test(
  "CborFile finds that a large entry was cut off between get and the end of its stream",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const body = noise(4 * MIB);
      const storage = new CborFile({ root });
      await storage.put(DIGEST, body);
      const found = await storage.get(DIGEST);
      const reader = found?.stream().getReader();
      await reader?.read();
      truncateSync(fileOf(root), 3 * MIB);
      await assert.rejects(async () => {
        while (!(await reader?.read())?.done);
      }, { name: "IntegrityError", key: DIGEST });
      assert.equal(await storage.get(DIGEST), undefined);
      assert.equal(await storage.has(DIGEST), false, "set aside");
    }),
);

test("CborFile takes no entry under another key", { timeout }, () =>
  withTemporaryDirectory(async (root) => {
    const storage = new CborFile({ root });
    const other = "f".repeat(64);
    for (const size of [100, 300_000]) {
      await storage.put(DIGEST, noise(size, 1));
      await storage.put(other, noise(size, 2));
      renameSync(fileOf(root), `${root}/swap`);
      renameSync(fileOf(root, other), fileOf(root));
      renameSync(`${root}/swap`, fileOf(root, other));
      assert.equal(storage.small.get(DIGEST), size === 100 ? "absent" : "large");
      assert.equal(await storage.get(DIGEST), undefined);
      assert.equal(await storage.get(other), undefined);
    }
    assert.equal(quarantined(root).length, 4);
  }));

test(
  "CborFile leaves an entry of a newer format version alone",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const storage = new CborFile({ root });
      for (const size of [100, 300_000]) {
        await storage.put(DIGEST, noise(size));
        const bytes = new Uint8Array(readFileSync(fileOf(root)));
        bytes[bytes.length - 64 + 9] = 2;
        writeFileSync(fileOf(root), bytes);
        assert.equal(await storage.get(DIGEST), undefined);
        assert.deepEqual(new Uint8Array(readFileSync(fileOf(root))), bytes);
      }
      assert.deepEqual(quarantined(root), []);
    }),
);

test("CborFile sets aside what is no file, without waiting and without following", {
  timeout,
  skip: process.platform === "win32" ? "no FIFOs and few symbolic links there" : false,
}, () =>
  withTemporaryDirectory(async (root) => {
    const storage = new CborFile({ root });
    await storage.put(DIGEST, noise(10));
    await storage.put("f".repeat(64), noise(10));
    const path = fileOf(root);
    const intruders: readonly (readonly [string, () => void])[] = [
      ["folder", () => mkdirSync(join(path, "within"), { recursive: true })],
      ["link", () => symlinkSync(fileOf(root, "f".repeat(64)), path)],
      ["dangling link", () => symlinkSync("/nowhere", path)],
      ["link to a device", () => symlinkSync("/dev/zero", path)],
      ["FIFO", () => void execFileSync("mkfifo", [path])],
    ];
    let aside = 0;
    for (const [name, place] of intruders) {
      await storage.delete(DIGEST);
      place();
      assert.equal(storage.small.get(DIGEST), "absent", name);
      assert.equal(quarantined(root).length, ++aside, name);
      place();
      assert.equal(await storage.get(DIGEST), undefined, name);
      assert.equal(quarantined(root).length, ++aside, name);
      place();
      await storage.put(DIGEST, noise(20));
      assert.deepEqual(storage.small.get(DIGEST), noise(20), name);
      if (name === "folder") aside++;
      await storage.delete(DIGEST);
      place();
      assert.equal(await storage.delete(DIGEST), true, name);
      if (name === "folder") aside++;
      assert.equal(await storage.has(DIGEST), false, name);
    }
  }));

test(
  "CborFile keeps its quarantine within bounds, dropping the oldest",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const storage = new CborFile({ root });
      for (let turn = 0; turn < 40; turn++) {
        const key = turn.toString(16).padStart(64, "0");
        await storage.put(key, noise(50));
        truncateSync(fileOf(root, key), 60);
        assert.equal(await storage.get(key), undefined);
      }
      const kept = quarantined(root);
      assert.equal(kept.length, 32);
      assert.ok(kept.some((name) => name.includes((39).toString(16).padStart(64, "0"))));
    }),
);
