import assert from "node:assert/strict";
import test from "node:test";
import { ByteRate, type Clock, processClock } from "../../src/cache/_byte_rate.ts";
import { verifyCache } from "../../src/cache/verify.ts";
import { keepPair, memoryCache } from "./_care.ts";

/** A clock that goes on only while somebody waits, or when it is told to. */
function handClock(): Clock & { timeMs: number; pauses: number } {
  const clock = {
    timeMs: 5000,
    pauses: 0,
    now: () => clock.timeMs,
    pause: (milliseconds: number) => {
      clock.timeMs += milliseconds;
      clock.pauses++;
      return Promise.resolve();
    },
  };
  return clock;
}

test("ByteRate makes the time pass that the bytes take", async () => {
  const clock = handClock();
  const rate = new ByteRate(1000, clock);
  for (let at = 0; at < 50; at++) {
    rate.spend(100);
    await rate.settle(undefined);
  }
  assert.ok(Math.abs(clock.timeMs - 10_000) <= 110, `${clock.timeMs}`);
});

test("ByteRate makes up for no more than a tenth of a second in which nothing was read", async () => {
  const clock = handClock();
  const rate = new ByteRate(1000, clock);
  clock.timeMs += 60_000;
  rate.spend(1000);
  await rate.settle(undefined);
  assert.equal(clock.timeMs, 65_900);
});

test("ByteRate saves pauses up that are too short, and takes long ones in parts", async () => {
  const clock = handClock();
  const rate = new ByteRate(1000, clock);
  for (let at = 0; at < 1000; at++) {
    rate.spend(1);
    await rate.settle(undefined);
  }
  assert.ok(clock.pauses <= 200 && clock.timeMs >= 5890, `${clock.pauses} pauses, ${clock.timeMs}`);
  const before = clock.pauses;
  rate.spend(3_600_000);
  await rate.settle(undefined);
  assert.ok(clock.pauses - before >= 60);
});

test("ByteRate without a bound never pauses", async () => {
  const clock = handClock();
  const rate = new ByteRate(Infinity, clock);
  rate.spend(Number.MAX_SAFE_INTEGER);
  await rate.settle(undefined);
  assert.equal(clock.pauses, 0);
});

test("the pauses of the process's clock end with the signal", async () => {
  const aborter = new AbortController();
  const pause = processClock.pause(1e9, aborter.signal);
  aborter.abort(new Error("enough"));
  await assert.rejects(pause, /enough/);
  await assert.rejects(processClock.pause(1e9, aborter.signal), /enough/);
});

test("verify reads no faster than it is told to", async () => {
  const cache = memoryCache();
  for (const name of ["a", "b", "c"]) await keepPair(cache, name, 10_000);
  const clock = handClock();
  const { bytes } = await verifyCache(cache, { bytesPerSecond: 1000, clock });
  assert.ok(bytes > 30_000);
  assert.ok(clock.timeMs - 5000 >= bytes - 200, `${clock.timeMs} ms for ${bytes} bytes`);
});
