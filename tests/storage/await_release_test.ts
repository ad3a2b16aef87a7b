import assert from "node:assert/strict";
import { test } from "node:test";
import { awaitRelease, type LeaseSight } from "../../src/storage/_await_release.ts";
import { withClockOf } from "./_clock.ts";

const options = { signal: undefined, longestDelayMs: 1 };

/** A lease that shows one sign after the other, the last one for ever; `-` is none, `!` a failure, `old …` a stale one. */
class Shown {
  readonly #signs: string[];
  looks = 0;
  readonly removed: string[] = [];

  constructor(...signs: string[]) {
    this.#signs = signs;
  }

  look(): LeaseSight | undefined {
    const sign = this.#signs[Math.min(this.looks++, this.#signs.length - 1)] ?? "-";
    if (sign === "!") throw new Error("cannot look");
    return sign === "-" ? undefined : { sign, isStale: sign.startsWith("old") };
  }

  remove({ sign }: LeaseSight): void {
    this.removed.push(sign);
  }
}

test("awaitRelease ends at the first look that finds no lease", async () => {
  for (const signs of [["-"], ["a", "-"], ["a", "b", "b", "-"]]) {
    const lease = new Shown(...signs, "never");
    await awaitRelease(lease, options);
    assert.equal(lease.looks, signs.length);
    assert.deepEqual(lease.removed, []);
  }
});

test("awaitRelease removes a lease after five seconds of silence, not before", async () => {
  await withClockOf(999, async () => {
    const lease = new Shown("a");
    await awaitRelease(lease, options);
    assert.deepEqual(lease.removed, ["a"]);
    // The first look begins the silence; the sixth after it ends it.
    assert.equal(lease.looks, 7);
  });
});

test("awaitRelease begins anew with every sign of life", async () => {
  await withClockOf(1000, async () => {
    const lease = new Shown("a", "a", "a", "a", "a", "b", "b", "b", "b", "b", "c");
    await awaitRelease(lease, options);
    assert.deepEqual(lease.removed, ["c"]);
    assert.equal(lease.looks, 16);
  });
});

test("awaitRelease hears no silence while it is stopped itself", async () => {
  await withClockOf(3_600_000, async () => {
    const lease = new Shown("a", "a", "a", "a", "-");
    await awaitRelease(lease, options);
    assert.deepEqual(lease.removed, []);
  });
});

test("awaitRelease removes a stale lease at first sight, and only then", async () => {
  const lease = new Shown("old a");
  await awaitRelease(lease, options);
  assert.deepEqual({ looks: lease.looks, removed: lease.removed }, { looks: 1, removed: ["old a"] });
  // The machine slept: the holder's next sign is yet to come.
  const sleepy = new Shown("a", "old a", "b", "-");
  await awaitRelease(sleepy, options);
  assert.deepEqual(sleepy.removed, []);
});

test("awaitRelease ends when the lease cannot be seen or removed", async () => {
  await awaitRelease(new Shown("!"), options);
  const later = new Shown("a", "!");
  await awaitRelease(later, options);
  assert.equal(later.looks, 2);
  const stuck = new Shown("old a");
  await awaitRelease({ look: () => stuck.look(), remove: () => Promise.reject(new Error("stuck")) }, options);
  assert.equal(stuck.looks, 1);
});

test("awaitRelease rejects with the signal's reason, before a look, between two, and in one", async () => {
  const reason = new Error("enough");
  const lease = new Shown("a");
  await assert.rejects(awaitRelease(lease, { ...options, signal: AbortSignal.abort(reason) }), reason);
  assert.equal(lease.looks, 0);

  const between = new AbortController();
  const waiting = awaitRelease(lease, { longestDelayMs: 600_000, signal: between.signal });
  setTimeout(() => between.abort(reason), 20);
  await assert.rejects(waiting, reason);

  const within = new AbortController();
  const look = () => {
    within.abort(reason);
    return lease.look();
  };
  await assert.rejects(
    awaitRelease({ look, remove: () => {} }, { ...options, signal: within.signal }),
    reason,
  );
});
