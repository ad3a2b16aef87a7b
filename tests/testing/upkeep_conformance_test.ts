import assert from "node:assert/strict";
import { test } from "node:test";
import type { Memory } from "../../src/storage/memory.ts";
import type { EntryInfo, Storage, Upkeep } from "../../src/storage/types.ts";
import { Delegate, firstFailureOf } from "./_delegate.ts";

const timeout = 60_000;

/** A storage whose upkeep is sound but for what `change` makes of it. */
function upkeepThat(change: (sound: Upkeep, storage: Memory) => Partial<Upkeep>): () => Storage {
  return () =>
    new class extends Delegate {
      readonly upkeep: Upkeep = { ...this.sound.upkeep, ...change(this.sound.upkeep, this.sound) };
    }();
}

/** Upkeep whose entries are listed changed. */
function listing(change: (entry: EntryInfo) => EntryInfo | undefined): () => Storage {
  return upkeepThat((sound) => ({
    async *entries(options) {
      for await (const entry of sound.entries(options)) {
        const changed = change(entry);
        if (changed !== undefined) yield changed;
      }
    },
  }));
}

test("storageConformance passes sound upkeep", { timeout }, async () => {
  assert.equal(await firstFailureOf(upkeepThat(() => ({})), "upkeep"), undefined);
});

let turn = 0;
const faults: Record<string, () => Storage> = {
  "leaves out large entries": listing((entry) => entry.size > 1_000_000 ? undefined : entry),
  "says a wrong size": listing((entry) => ({ ...entry, size: Math.min(entry.size, 1000) })),
  "says seconds": listing((entry) => ({ ...entry, time: entry.time / 1000 })),
  "ignores the prefix": upkeepThat((sound) => ({
    entries: ({ after } = {}) => sound.entries(after === undefined ? {} : { after }),
  })),
  "begins at the beginning": upkeepThat((sound) => ({
    entries: (options = {}) => sound.entries(options.prefix === undefined ? {} : { prefix: options.prefix }),
  })),
  "lists in any order": upkeepThat((sound) => ({
    async *entries(options) {
      const entries = await Array.fromAsync(sound.entries(options));
      yield* turn++ % 2 === 0 ? entries : entries.reverse();
    },
  })),
  "loses what comes next": upkeepThat((sound) => ({
    async *entries(options) {
      let isNext = options?.after !== undefined;
      for await (const entry of sound.entries(options)) {
        if (!isNext) yield entry;
        isNext = false;
      }
    },
  })),
  "ignores the signal of entries": upkeepThat((sound) => ({ entries: () => sound.entries() })),
  "ignores the signal of check": upkeepThat((sound) => ({ check: (key) => sound.check(key) })),
  "ignores the signal of foreign": upkeepThat((sound) => ({ foreign: () => sound.foreign() })),
  "takes entries for foreign": upkeepThat((sound) => ({
    async *foreign(options) {
      yield* sound.foreign(options);
      for await (const { key } of sound.entries()) yield key;
    },
  })),
  "says that all is whole": upkeepThat((sound) => ({
    check: async (key, options) => (await sound.check(key, options)) && "whole",
  })),
  "counts no bytes": upkeepThat((sound) => ({
    check: (key, { signal } = {}) => sound.check(key, signal === undefined ? {} : { signal }),
  })),
  "checks what is no key": upkeepThat((sound) => ({
    check: (key, options) => sound.check(`${key.toWellFormed()}-`.slice(0, -1) || "empty", options),
  })),
  "puts again what it checks": upkeepThat((sound, storage) => ({
    check: async (key, options) => {
      const health = await sound.check(key, options);
      const body = await storage.get(key);
      if (body !== undefined) await storage.put(key, await body.bytes());
      return health;
    },
  })),
  "removes whatever has the key": upkeepThat((_sound, storage) => ({
    remove: ({ key }) => storage.delete(key),
  })),
  "removes nothing": upkeepThat(() => ({ remove: () => Promise.resolve(true) })),
  "says nothing of what it removes": upkeepThat((sound) => ({
    remove: async (entry) => await sound.remove(entry) && false,
  })),
  "sets aside whatever has the key": upkeepThat((_sound, storage) => ({
    setAside: ({ key }) => storage.delete(key),
  })),
  "sets nothing aside": upkeepThat(() => ({ setAside: () => Promise.resolve(true) })),
  "takes the size for a mark": upkeepThat((sound, storage) => ({
    async *entries(options) {
      for await (const entry of sound.entries(options)) yield { ...entry, mark: String(entry.size) };
    },
    remove: async ({ key, mark }) =>
      String((await storage.get(key))?.size) === mark && await storage.delete(key),
  })),
};

for (const [fault, make] of Object.entries(faults)) {
  test(`storageConformance finds upkeep that ${fault}`, { timeout }, async () => {
    assert.notEqual(await firstFailureOf(make, "upkeep"), undefined);
  });
}
