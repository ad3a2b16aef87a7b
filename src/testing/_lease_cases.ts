/**
 * Cases: leases. One at a time for a key, whoever asks; waiting for one ends when it is given back; entries know nothing
 * of them. What becomes of the lease of a process that has died takes other processes to try.
 *
 * @module
 */

import { assertRejectsWith, assertSameBytes, assertThat, reasonOf } from "./_assert.ts";
import { bytesOf, collected, noise } from "./_bodies.ts";
import type { Lease, Leases } from "../storage/types.ts";
import { UNUSUAL } from "./_key_cases.ts";
import { leaseCase, reopenLeaseCase, type StorageCase } from "./storage_case.ts";

/** Takes the lease of a key that nobody holds. */
async function taken(leases: Leases, key = "key"): Promise<Lease> {
  const lease = await leases.take(key);
  assertThat(lease !== undefined, `take(${JSON.stringify(key)}): expected a lease, found it held`);
  return lease;
}

async function assertHeld(leases: Leases, key = "key"): Promise<void> {
  const second = await leases.take(key);
  assertThat(second === undefined, `take(${JSON.stringify(key)}): given a second time`);
}

/** Waits, and says whether it is over. */
function watched(leases: Leases): { readonly done: Promise<void>; readonly isOver: () => boolean } {
  let isOver = false;
  const done = leases.wait("key").then(() => {
    isOver = true;
  });
  return { done, isOver: () => isOver };
}

async function holdAndWait(holder: Leases, waiter: Leases): Promise<void> {
  const lease = await taken(holder);
  const waits = [watched(waiter), watched(waiter)];
  // More than a waiter's first looks at it.
  await new Promise((resolve) => setTimeout(resolve, 50));
  assertThat(waits.every(({ isOver }) => !isOver()), "wait: over while the lease is held");
  await lease.release();
  await Promise.all(waits.map(({ done }) => done));
  await (await taken(waiter)).release();
}

/** Leases. */
export const leaseCases: readonly StorageCase[] = [
  leaseCase("leases.take gives a lease once until it is released", async (leases) => {
    for (let turn = 0; turn < 3; turn++) {
      const lease = await taken(leases);
      await assertHeld(leases);
      await assertHeld(leases);
      await lease.release();
    }
  }),
  leaseCase("leases.take gives one of several at once", async (leases) => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => leases.take("key")));
    const given = outcomes.filter((lease) => lease !== undefined);
    assertThat(given.length === 1, `take by eight at once: ${given.length} leases, expected 1`);
    for (const lease of given) await lease.release();
  }),
  leaseCase("leases.take keeps the leases of different keys apart, whatever their form", async (leases) => {
    const held: Lease[] = [];
    for (const key of UNUSUAL) held.push(await taken(leases, key));
    for (const key of UNUSUAL) await assertHeld(leases, key);
    for (const lease of held) await lease.release();
    for (const key of UNUSUAL) await (await taken(leases, key)).release();
  }),
  leaseCase("leases.take and leases.wait refuse what is no key", async (leases) => {
    for (const key of ["", "\ud800"]) {
      for (const action of [() => leases.take(key), () => leases.wait(key)]) {
        const reason = await reasonOf(action, `leases with key ${JSON.stringify(key)}`);
        assertThat(reason instanceof TypeError, `${String(reason)}, expected a TypeError`);
      }
    }
  }),
  leaseCase("lease.release is harmless again, when somebody else holds the lease", async (leases) => {
    const first = await taken(leases);
    await Promise.all([first.release(), first.release()]);
    const second = await taken(leases);
    await first.release();
    await assertHeld(leases);
    await second.release();
  }),
  leaseCase("leases.wait is over at once when nobody holds the lease", async (leases) => {
    await leases.wait("key");
    await (await taken(leases)).release();
    await leases.wait("key");
    const other = await taken(leases, "other");
    await leases.wait("key");
    await other.release();
  }),
  leaseCase("leases.wait is over when the lease is released", (leases) => holdAndWait(leases, leases)),
  leaseCase("leases.wait rejects with the reason of its signal", async (leases) => {
    const reason = new Error("enough");
    await assertRejectsWith(() => leases.wait("key", { signal: AbortSignal.abort(reason) }), reason, "wait");
    const lease = await taken(leases);
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort(reason);
      // A wait that goes on ends here, and is found out.
      setTimeout(() => void lease.release(), 500);
    }, 30);
    const waiting = () => leases.wait("key", { signal: controller.signal });
    await assertRejectsWith(waiting, reason, "wait, aborted meanwhile");
    await assertHeld(leases);
    await lease.release();
  }),
  leaseCase("leases show in no entries, and hinder none", async (leases, storage) => {
    for (const key of UNUSUAL.slice(0, 5)) {
      const lease = await taken(leases, key);
      assertThat(!await storage.has(key), "has: found a lease");
      assertThat(await storage.get(key) === undefined, "get: found a lease");
      assertThat(!await storage.delete(key), "delete: found a lease");
      assertThat((await collected(storage.keys())).length === 0, "keys(): listed a lease");
      await storage.put(key, noise(1000));
      assertSameBytes(await bytesOf(storage.get(key)), noise(1000), "get");
      await assertHeld(leases, key);
      await storage.delete(key);
      await assertHeld(leases, key);
      await lease.release();
    }
  }),
  reopenLeaseCase("leases.take gives none that another instance holds", async (first, second) => {
    const lease = await taken(first);
    await assertHeld(second);
    await lease.release();
    const next = await taken(second);
    await lease.release();
    await assertHeld(first);
    await next.release();
  }),
  reopenLeaseCase("leases.wait is over when another instance releases", holdAndWait),
];
