/** Kept streams whose files are damaged: right bytes, a miss, or an `IntegrityError`; never a wrong byte. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import test from "node:test";
import { CacheMissError, IntegrityError } from "../../mod.ts";
import { random } from "../_random.ts";
import { noise } from "../storage/file/_entries.ts";
import { CHUNK, damageOf, flip, readBytes, readChecked, withKept } from "./_damage.ts";

const MIB = 1024 * 1024;
const FLIPS = 10_000;

for (const [what, size] of [["in one read", 300], ["in one chunk", 70_000]] as const) {
  const isSampled = size > 1000;
  test(`a kept stream of ${size} bytes (${what}) is computed again whatever byte of its value is flipped`, {
    timeout: 60_000,
  }, async () => {
    const bytes = noise(size);
    await withKept(() => new Blob([bytes]).stream(), readBytes, async ({ call, value, runs }) => {
      const total = statSync(value).size;
      assert.ok(total > size);
      const next = random(size);
      for (let at = 0; at < total; at += isSampled ? 1 + Math.floor(next() * 500) : 1) {
        const ran = runs();
        flip(value, at, at % 8);
        assert.deepEqual(await readBytes(await call()), bytes, `byte ${at}`);
        assert.equal(runs(), ran + 1, `byte ${at}`);
        assert.deepEqual(await readBytes(await call()), bytes);
        assert.equal(runs(), ran + 1, "and found");
      }
    });
  });
}

test(
  "a kept stream is computed again whatever byte of its record is flipped",
  { timeout: 60_000 },
  async () => {
    const bytes = noise(300);
    await withKept(() => new Blob([bytes]).stream(), readBytes, async ({ call, record, runs }) => {
      for (let at = 0; at < statSync(record).size; at++) {
        const ran = runs();
        flip(record, at, at % 8);
        assert.deepEqual(await readBytes(await call()), bytes, `byte ${at}`);
        assert.equal(runs(), ran + 1, `byte ${at}`);
      }
    });
  },
);

test("kept items, a Response and a Blob are computed again whatever byte of their value is flipped", {
  timeout: 60_000,
}, async () => {
  const items = [{ at: new Date(1), list: [1, "two", null] }, new Uint8Array([1, 2, 3]), "€"];
  const response = () => new Response("text", { status: 201, headers: { "x-a": "b" } });
  for (
    const [make, read, expected] of [
      [
        () => ReadableStream.from(items),
        (stream) => Array.fromAsync(stream as AsyncIterable<unknown>),
        items,
      ],
      [response, (result) => (result as Response).text(), "text"],
      [() => new Blob(["blob"]), (result) => (result as Blob).text(), "blob"],
    ] as readonly [() => object, (result: object) => Promise<unknown>, unknown][]
  ) {
    await withKept(make, read, async ({ call, value, runs }) => {
      const total = statSync(value).size;
      for (let at = 0; at < total; at++) {
        const ran = runs();
        flip(value, at, at % 8);
        assert.deepEqual(await read(await call()), expected, `byte ${at}`);
        assert.equal(runs(), ran + 1, `byte ${at}`);
      }
    });
  }
});

test(`open gives no wrong byte of a large stream, whole or in part, over ${FLIPS} random flips`, {
  timeout: 300_000,
}, async () => {
  const bytes = noise(3 * MIB + 1000);
  await withKept(() => new Blob([bytes]).stream(), readBytes, async ({ open, value, digest, putBack }) => {
    const next = random(20_261);
    const below = (n: number): number => Math.floor(next() * n);
    const { size } = statSync(value);
    const before = await open();
    for (let turn = 0; turn < FLIPS; turn++) {
      // A quarter of them in the trailer.
      const at = turn % 4 === 0 ? bytes.length + below(size - bytes.length) : below(size);
      const bit = below(8);
      const start = Math.max(0, Math.min(at, bytes.length) - below(300_000));
      const end = start + below(310_000);
      const what = `flip ${turn}: bit ${bit} of byte ${at}, range ${start}-${end}`;
      const isFirst = at < CHUNK || at >= bytes.length;
      const chunk = at - at % CHUNK;
      flip(value, at, bit);
      try {
        const isTouched = !isFirst && start < chunk + CHUNK && end > chunk && end > start;
        try {
          const stored = await open();
          assert.ok(!isFirst, `${what}: found`);
          const part = bytes.subarray(start, end);
          const offset = await readChecked(stored.stream({ start, end }), part, { digest, start });
          assert.equal(offset, isTouched ? chunk : undefined, what);
        } catch (error) {
          if (!(error instanceof CacheMissError)) throw error;
          assert.ok(isFirst, `${what}: missed`);
        }
        // What says that it is of a later version is left alone.
        const isVersion = at === size - 55 || at === size - 56;
        assert.equal(putBack(), (isFirst || isTouched) && !isVersion, `${what}: set aside`);
        if (turn % 50 === 0) {
          // What was opened before the damage knows the first chunk and the checksums.
          const offset = await readChecked(before.stream(), bytes, { digest });
          const isSeen = at >= size - 64 || at >= CHUNK && at < bytes.length;
          assert.equal(offset === undefined, !isSeen, `${what}: opened before`);
          putBack();
        }
      } finally {
        flip(value, at, bit);
      }
    }
    assert.equal(await readChecked((await open()).stream(), bytes, { digest }), undefined, "put back");
  });
});

test("a call gives no wrong byte of a large stream over random flips, and the next call computes it again", {
  timeout: 120_000,
}, async () => {
  const bytes = noise(3 * MIB + 1000);
  await withKept(() => new Blob([bytes]).stream(), readBytes, async ({ call, value, digest, runs }) => {
    const next = random(20_262);
    let errors = 0;
    for (let turn = 0; turn < 300; turn++) {
      const at = Math.floor(next() * statSync(value).size);
      const what = `flip ${turn}, of byte ${at}`;
      const ran = runs();
      flip(value, at, turn % 8);
      const offset = await readChecked(await call(), bytes, { digest });
      if (at < CHUNK || at >= bytes.length) {
        assert.equal(offset, undefined, what);
        assert.equal(runs(), ran + 1, `${what}: a miss`);
        continue;
      }
      errors++;
      assert.equal(offset, at - at % CHUNK, what);
      assert.equal(runs(), ran, `${what}: a hit up to there`);
      assert.equal(await readChecked(await call(), bytes, { digest }), undefined, what);
      assert.equal(runs(), ran + 1, `${what}: computed again`);
    }
    assert.ok(errors > 200);
  });
});

test("a kept stream that was cut off, or that something was added to, is computed again", {
  timeout: 60_000,
}, async () => {
  for (const size of [300, 70_000, MIB + 5]) {
    const bytes = noise(size);
    await withKept(() => new Blob([bytes]).stream(), readBytes, async ({ call, value, runs }) => {
      const whole = readFileSync(value);
      const { length } = whole;
      const damages: (() => void)[] = [
        ...[0, 1, 63, 64, size - 1, size, size + 1, length - 65, length - 64, length - 1].map((left) => () =>
          truncateSync(value, left)
        ),
        ...[1, 64, 100_000].map((more) => () => appendFileSync(value, new Uint8Array(more))),
        () => appendFileSync(value, whole),
        () => writeFileSync(value, whole.subarray(1)),
        () => writeFileSync(value, Buffer.concat([new Uint8Array(1), whole])),
      ];
      for (const [index, damage] of damages.entries()) {
        const ran = runs();
        damage();
        assert.deepEqual(await readBytes(await call()), bytes, `damage ${index} of ${size}`);
        assert.equal(runs(), ran + 1, `damage ${index} of ${size}`);
      }
    });
  }
});

test("a call gives no wrong item of a large sequence over random flips", { timeout: 120_000 }, async () => {
  const items = Array.from(
    { length: 40 },
    (_, id) => ({ id, bytes: noise(70_001, id), text: "é".repeat(500) }),
  );
  const drain = (stream: AsyncIterable<unknown>) => Array.fromAsync(stream);
  await withKept(() => ReadableStream.from(items), drain, async ({ call, value, digest, runs }) => {
    const next = random(20_263);
    const { size } = statSync(value);
    for (let turn = 0; turn < 150; turn++) {
      const at = Math.floor(next() * size);
      const ran = runs();
      flip(value, at, turn % 8);
      const got: typeof items = [];
      let damage: number | undefined;
      try {
        for await (const item of await call()) got.push(item);
      } catch (error) {
        damage = damageOf(error, digest, 0);
        assert.equal(damage, at - at % CHUNK);
      }
      for (const [index, item] of got.entries()) {
        assert.equal(item.id, index);
        assert.equal(Buffer.compare(item.bytes, items[index]?.bytes ?? assert.fail()), 0);
        assert.equal(item.text, items[index]?.text);
      }
      if (damage === undefined) assert.equal(got.length, items.length);
      // What stands whole before the piece (of up to 1 MiB) with the damage has been given.
      else assert.ok(got.length >= Math.floor((damage - MIB) / 72_000), `${got.length} before ${damage}`);
      if (damage !== undefined) assert.equal((await drain(await call())).length, items.length);
      assert.equal(runs(), ran + 1, "computed again");
    }
  });
});

test("a large Blob that was found gives no wrong byte over random flips", { timeout: 120_000 }, async () => {
  const bytes = noise(3 * MIB + 1000);
  const drain = (blob: Blob) => blob.arrayBuffer();
  await withKept(() => new Blob([bytes]), drain, async ({ call, value, digest, putBack, runs }) => {
    const next = random(20_264);
    const below = (n: number): number => Math.floor(next() * n);
    const blob = await call();
    assert.equal(runs(), 1);
    for (let turn = 0; turn < 500; turn++) {
      const at = CHUNK + below(bytes.length - CHUNK);
      const start = Math.max(0, at - below(300_000));
      const end = Math.min(bytes.length, start + below(310_000));
      flip(value, at, turn % 8);
      const chunk = at - at % CHUNK;
      const isTouched = start < chunk + CHUNK && end > chunk && end > start;
      const part = blob.slice(start, end);
      let damage: number | undefined;
      try {
        const got = new Uint8Array(await (turn % 2 === 0 ? part.arrayBuffer() : readBytes(part.stream())));
        assert.equal(Buffer.compare(got, bytes.subarray(start, end)), 0, `${start}-${end}`);
      } catch (error) {
        damage = damageOf(error, digest, start);
      }
      assert.equal(damage, isTouched ? chunk : undefined, `byte ${at}, part ${start}-${end}`);
      putBack();
      flip(value, at, turn % 8);
    }
    flip(value, bytes.length - 1, 0);
    await assert.rejects(blob.text(), IntegrityError);
    assert.deepEqual(new Uint8Array(await (await call()).arrayBuffer()), bytes);
    assert.equal(runs(), 2, "computed again");
  });
});
