import assert from "node:assert/strict";
import { test } from "node:test";
import type { Lease, Leases, Storage, StorageOptions } from "../../src/storage/types.ts";
import { Delegate, firstFailureOf } from "./_delegate.ts";

const timeout = 60_000;

/** A storage whose leases are sound but for what `change` makes of them. */
function leasesThat(change: Partial<SoundLeases>): () => Storage {
  return () => Object.assign(new Delegate(), { leases: Object.assign(new SoundLeases(), change) });
}

/** Leases in memory, of one instance. */
class SoundLeases implements Leases {
  readonly held: Map<string, Lease> = new Map();
  take(key: string): Promise<Lease | undefined> {
    if (key === "" || !key.isWellFormed()) return Promise.reject(new TypeError("no key"));
    const name = this.nameOf(key);
    if (this.held.has(name)) return Promise.resolve(undefined);
    const lease: Lease = { release: () => Promise.resolve(this.release(name, lease)) };
    this.held.set(name, lease);
    return Promise.resolve(lease);
  }
  async wait(key: string, options?: StorageOptions): Promise<void> {
    if (key === "" || !key.isWellFormed()) throw new TypeError("no key");
    options?.signal?.throwIfAborted();
    while (this.held.has(this.nameOf(key))) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      options?.signal?.throwIfAborted();
    }
  }
  nameOf(key: string): string {
    return key;
  }
  release(name: string, lease: Lease): void {
    if (this.held.get(name) === lease) this.held.delete(name);
  }
}

const leaseFaults: Record<string, Partial<SoundLeases>> = {
  "are given to everybody": { take: () => Promise.resolve({ release: () => Promise.resolve() }) },
  "are never given": { take: () => Promise.resolve(undefined) },
  "are never given back": { release: () => {} },
  "fold the case of keys": { nameOf: (key) => key.toLowerCase() },
  "release those of others": {
    release(this: SoundLeases, name: string) {
      this.held.delete(name);
    },
  },
  "end every wait at once": {
    wait: (key, options) => {
      if (key === "" || !key.isWellFormed()) return Promise.reject(new TypeError("no key"));
      return options?.signal?.aborted ? Promise.reject(options.signal.reason) : Promise.resolve();
    },
  },
  "ignore signals": {
    wait(this: SoundLeases, key) {
      return SoundLeases.prototype.wait.call(this, key);
    },
  },
};

for (const [fault, change] of Object.entries(leaseFaults)) {
  test(`storageConformance finds a storage whose leases ${fault}`, { timeout }, async () => {
    assert.notEqual(await firstFailureOf(leasesThat(change), "leases"), undefined);
  });
}

test("storageConformance finds a storage whose leases are entries", { timeout }, async () => {
  const withEntries = (): Storage => {
    const storage = new Delegate();
    const leases = new SoundLeases();
    const take = async (key: string): Promise<Lease | undefined> => {
      const lease = await leases.take(key);
      if (lease !== undefined) await storage.put(key, new Uint8Array(1));
      return lease;
    };
    return Object.assign(storage, { leases: { take, wait: leases.wait.bind(leases) } });
  };
  assert.notEqual(await firstFailureOf(withEntries, "leases"), undefined);
});

test("storageConformance passes a storage with sound leases", { timeout }, async () => {
  assert.equal(await firstFailureOf(leasesThat({}), "leases"), undefined);
});
