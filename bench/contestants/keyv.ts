/** keyv, on a Map and on SQLite. @module */
import { join } from "node:path";
import { load } from "../harness/load.ts";
import type { CacheContestant, Cached, Work } from "./contract.ts";

interface Keyv {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<boolean>;
  disconnect(): Promise<void>;
}
interface KeyvModule {
  default: new (options?: { store?: unknown }) => Keyv;
}
interface KeyvSqliteModule {
  default: new (options: { uri: string; wal: boolean; driver: "bun:sqlite" | "node:sqlite" }) => unknown;
}

/** The wrapper that keyv's users write: keyv itself only stores. */
function around(keyv: Keyv, work: Work): Cached {
  return {
    async call(argument) {
      const key = JSON.stringify(argument);
      const found = await keyv.get(key);
      if (found !== undefined) return found;
      const value = await work(argument);
      await keyv.set(key, value);
      return value;
    },
    close: () => keyv.disconnect(),
  };
}

/** keyv on its own Map. */
export const keyvMemory: CacheContestant = {
  id: "keyv-memory",
  label: "keyv (memory)",
  note: "memory; key JSON.stringify",
  async open(_directory, work) {
    const { default: Keyv } = await load<KeyvModule>("keyv");
    return around(new Keyv(), work);
  },
};

/** keyv on the runtime's own SQLite, which is the quickest of its drivers. */
export const keyvSqlite: CacheContestant = {
  id: "keyv-sqlite",
  label: "keyv (sqlite)",
  note: "the runtime's own SQLite, WAL; key JSON.stringify",
  async open(directory, work) {
    const { default: Keyv } = await load<KeyvModule>("keyv");
    const { default: KeyvSqlite } = await load<KeyvSqliteModule>("@keyv/sqlite");
    const driver = "Bun" in globalThis ? "bun:sqlite" : "node:sqlite";
    const store = new KeyvSqlite({ uri: `sqlite://${join(directory, "keyv.sqlite")}`, wal: true, driver });
    return around(new Keyv({ store }), work);
  },
};
