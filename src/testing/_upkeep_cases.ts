/**
 * Cases: upkeep. What is there is listed, looked at and removed, each entry as the very one that was seen.
 *
 * @module
 */

import type { EntryInfo, Upkeep } from "../storage/types.ts";
import { assertRejectsWith, assertSameBytes, assertSameSet, assertThat, reasonOf } from "./_assert.ts";
import { bytesOf, collected, noise } from "./_bodies.ts";
import { UNUSUAL } from "./_key_cases.ts";
import { reopenUpkeepCase, type StorageCase, upkeepCase } from "./storage_case.ts";

/** How far the clock of a medium may be from ours, in milliseconds. */
const CLOCK_SLACK_MS = 120_000;

const SIZES: readonly number[] = [0, 1, 1000, 70_000, 300_000, 1_500_000];

/** The entry of a key, as it is listed. */
async function listed(upkeep: Upkeep, key: string): Promise<EntryInfo> {
  for await (const entry of upkeep.entries()) if (entry.key === key) return entry;
  throw new Error(`upkeep.entries: ${JSON.stringify(key)} is not listed`);
}

async function keysListed(upkeep: Upkeep, options?: Parameters<Upkeep["entries"]>[0]): Promise<string[]> {
  return (await Array.fromAsync(upkeep.entries(options))).map(({ key }) => key);
}

/** Keys as fleche's own are, spread over whatever they may be sorted into. */
function digests(count: number): string[] {
  return Array.from(
    { length: count },
    (_, at) => Array.from(noise(32, at + 1), (byte) => byte.toString(16).padStart(2, "0")).join(""),
  );
}

async function assertHealth(upkeep: Upkeep, key: string, expected: string): Promise<void> {
  const health = await upkeep.check(key);
  assertThat(health === expected, `upkeep.check(${JSON.stringify(key)}): ${health}, expected ${expected}`);
}

/** Entries that are not those any more which were listed. */
const REPLACED: readonly (readonly [how: string, size: number, seed: number, isDeletedFirst: boolean])[] = [
  ["replaced", 11, 2, false],
  ["replaced by one of its size", 10, 2, false],
  ["put again with its own bytes", 10, 1, false],
  ["replaced by a large one", 300_000, 2, false],
  ["deleted and put again", 12, 1, true],
];

/** Upkeep. */
export const upkeepCases: readonly StorageCase[] = [
  upkeepCase("upkeep.entries lists nothing where nothing was put", async (upkeep) => {
    assertSameSet(await keysListed(upkeep), [], "upkeep.entries()");
    assertSameSet(await collected(upkeep.foreign()), [], "upkeep.foreign()");
    await assertHealth(upkeep, "key", "absent");
  }),
  upkeepCase("upkeep.entries lists what was put, with sizes and times", async (upkeep, storage) => {
    for (const size of SIZES) await storage.put(`size ${size}`, noise(size));
    const entries = await Array.fromAsync(upkeep.entries());
    assertSameSet(entries.map(({ key }) => key), SIZES.map((size) => `size ${size}`), "upkeep.entries()");
    for (const { key, size, time, mark } of entries) {
      const least = Number(key.slice("size ".length));
      assertThat(Number.isSafeInteger(size) && size >= least, `size of "${key}": ${size}`);
      assertThat(
        Math.abs(time - Date.now()) < CLOCK_SLACK_MS,
        `time of "${key}": ${time}, now ${Date.now()}`,
      );
      assertThat(typeof mark === "string", `mark of "${key}": ${typeof mark}`);
    }
  }),
  upkeepCase("upkeep.entries lists unusual keys exactly, and nothing is foreign", async (upkeep, storage) => {
    for (const key of UNUSUAL) await storage.put(key, noise(5));
    assertSameSet(await keysListed(upkeep), UNUSUAL, "upkeep.entries()");
    for (const key of UNUSUAL) await assertHealth(upkeep, key, "whole");
    assertSameSet(await collected(upkeep.foreign()), [], "upkeep.foreign()");
  }),
  upkeepCase("upkeep.entries gives the entries whose keys begin with a prefix", async (upkeep, storage) => {
    const keys = [...digests(40), "a", "ab", "abc", "b"];
    for (const key of keys) await storage.put(key, noise(3));
    for (const prefix of ["", "a", "ab", "abcd", "7", "7f", digests(1)[0]?.slice(0, 5) ?? ""]) {
      const expected = keys.filter((key) => key.startsWith(prefix));
      assertSameSet(await keysListed(upkeep, { prefix }), expected, `upkeep.entries of "${prefix}"`);
    }
  }),
  upkeepCase("upkeep.entries keeps its order, and goes on after a key", async (upkeep, storage) => {
    for (const key of [...digests(80), ...UNUSUAL]) await storage.put(key, noise(3));
    const all = await keysListed(upkeep);
    assertThat(all.join() === (await keysListed(upkeep)).join(), "upkeep.entries: another order");
    for (const at of [0, 1, 33, 100, all.length - 1]) {
      const after = all[at];
      if (after === undefined) throw new Error(`upkeep.entries: ${all.length} entries`);
      const rest = await keysListed(upkeep, { after });
      const what = `upkeep.entries after the one at ${at}`;
      assertThat(all.slice(-rest.length || all.length).join() === rest.join(), `${what}: not the end of all`);
      const most = all.length - at - 1 + 30;
      assertThat(rest.length >= all.length - at - 1 && rest.length <= most, `${what}: ${rest.length}`);
    }
  }),
  upkeepCase("upkeep.entries goes on after a key that is no longer there", async (upkeep, storage) => {
    for (const key of digests(50)) await storage.put(key, noise(3));
    const all = await keysListed(upkeep);
    const after = all[24] ?? "";
    await storage.delete(after);
    const rest = new Set(await keysListed(upkeep, { after }));
    assertThat(all.slice(25).every((key) => rest.has(key)), "upkeep.entries: lost what comes after");
  }),
  upkeepCase(
    "upkeep.entries may be left early, and goes on while they are removed",
    async (upkeep, storage) => {
      const keys = digests(60);
      for (const key of keys) await storage.put(key, noise(3));
      for await (const _ of upkeep.entries()) break;
      for await (const entry of upkeep.entries()) {
        assertThat(await upkeep.remove(entry), `upkeep.remove("${entry.key}"): expected true`);
      }
      assertSameSet(await collected(storage.keys()), [], "keys() after all were removed");
    },
  ),
  upkeepCase("upkeep.entries goes on while others come and go", async (upkeep, storage) => {
    const [stay, go] = [digests(60), digests(120).slice(60)];
    for (const key of [...stay, ...go]) await storage.put(key, noise(3));
    const work = (async () => {
      for (const key of go) {
        await storage.delete(key);
        await storage.put(`new ${key}`, noise(3));
      }
    })();
    const seen = await keysListed(upkeep);
    await work;
    const known = new Set([...stay, ...go, ...go.map((key) => `new ${key}`)]);
    assertThat(seen.every((key) => known.has(key)), "upkeep.entries: listed what never was");
    assertSameSet(seen.filter((key) => stay.includes(key)), stay, "upkeep.entries, of what stays");
  }),
  upkeepCase(
    "upkeep.check says whole or absent, tells of bytes, and changes nothing",
    async (upkeep, storage) => {
      for (const size of SIZES) await storage.put(`size ${size}`, noise(size));
      const before = JSON.stringify(await Array.fromAsync(upkeep.entries()));
      for (const size of SIZES) {
        let bytes = 0;
        const health = await upkeep.check(`size ${size}`, { onBytes: (count) => bytes += count });
        assertThat(health === "whole", `upkeep.check of ${size} bytes: ${health}, expected whole`);
        assertThat(bytes >= size, `upkeep.check of ${size} bytes: told of ${bytes}`);
      }
      await assertHealth(upkeep, "size", "absent");
      assertThat(
        JSON.stringify(await Array.fromAsync(upkeep.entries())) === before,
        "upkeep.check: entries are others now",
      );
      for (const size of SIZES) {
        assertSameBytes(await bytesOf(storage.get(`size ${size}`)), noise(size), `size ${size}`);
      }
    },
  ),
  upkeepCase("upkeep.check refuses what is no key", async (upkeep) => {
    for (const key of ["", "\ud800"]) {
      const reason = await reasonOf(() => upkeep.check(key), `upkeep.check(${JSON.stringify(key)})`);
      assertThat(reason instanceof TypeError, `${String(reason)}, expected a TypeError`);
    }
  }),
  upkeepCase(
    "upkeep.entries, check and foreign reject with the reason of their signal",
    async (upkeep, storage) => {
      const reason = new Error("enough");
      const signal = AbortSignal.abort(reason);
      await storage.put("key", noise(300_000));
      await assertRejectsWith(() => collected(upkeep.foreign({ signal })), reason, "upkeep.foreign");
      await assertRejectsWith(() => keysListed(upkeep, { signal }), reason, "upkeep.entries");
      await assertRejectsWith(() => upkeep.check("key", { signal }), reason, "upkeep.check");
      await assertHealth(upkeep, "key", "whole");
    },
  ),
  upkeepCase("upkeep.remove removes what was listed, and says so once", async (upkeep, storage) => {
    for (const size of SIZES) {
      await storage.put("key", noise(size));
      await storage.put("other", noise(3));
      const entry = await listed(upkeep, "key");
      assertThat(await upkeep.remove(entry), `upkeep.remove of ${size} bytes: expected true`);
      assertThat(!await upkeep.remove(entry), "upkeep.remove, again: expected false");
      await assertHealth(upkeep, "key", "absent");
      assertThat(await storage.get("key") === undefined, "get after upkeep.remove: expected undefined");
      assertSameSet(await collected(storage.keys()), ["other"], "keys() after upkeep.remove");
    }
  }),
  upkeepCase("upkeep.setAside makes a miss of what was listed, and says so once", async (upkeep, storage) => {
    for (const size of SIZES) {
      await storage.put("key", noise(size));
      const entry = await listed(upkeep, "key");
      assertThat(await upkeep.setAside(entry), `upkeep.setAside of ${size} bytes: expected true`);
      assertThat(!await upkeep.setAside(entry), "upkeep.setAside, again: expected false");
      assertThat(await storage.get("key") === undefined, "get after upkeep.setAside: expected undefined");
      assertSameSet(await keysListed(upkeep), [], "upkeep.entries() after upkeep.setAside");
      assertSameSet(await collected(upkeep.foreign()), [], "upkeep.foreign() after upkeep.setAside");
      await storage.put("key", noise(size, 2));
      assertSameBytes(await bytesOf(storage.get("key")), noise(size, 2), "put again");
      await storage.delete("key");
    }
  }),
  ...(["remove", "setAside"] as const).flatMap((method) =>
    REPLACED.map(([how, size, seed, isDeletedFirst]) =>
      upkeepCase(`upkeep.${method} leaves alone what was ${how}`, async (upkeep, storage) => {
        await storage.put("key", noise(10));
        const entry = await listed(upkeep, "key");
        if (isDeletedFirst) await storage.delete("key");
        await storage.put("key", noise(size, seed));
        assertThat(!await upkeep[method](entry), `upkeep.${method}: expected false`);
        assertSameBytes(await bytesOf(storage.get("key")), noise(size, seed), "what took its place");
        assertThat(
          await upkeep[method](await listed(upkeep, "key")),
          `upkeep.${method} of it: expected true`,
        );
      })
    )
  ),
  reopenUpkeepCase(
    "upkeep of a second instance knows what the first one put",
    async (first, second, storages) => {
      await storages.first.put("key", noise(10));
      const seen = await listed(second, "key");
      await assertHealth(second, "key", "whole");
      await storages.second.put("key", noise(10));
      assertThat(!await first.remove(seen), "upkeep.remove of what was replaced: expected false");
      assertThat(
        await first.remove(await listed(second, "key")),
        "upkeep.remove by the first: expected true",
      );
      await assertHealth(second, "key", "absent");
    },
  ),
];
