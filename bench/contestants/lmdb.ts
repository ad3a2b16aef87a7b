/** lmdb. @module */
import { join } from "node:path";
import { load } from "../harness/load.ts";
import type { CacheContestant } from "./contract.ts";

interface Database {
  get(key: string): unknown;
  put(key: string, value: unknown): Promise<boolean>;
  close(): Promise<void>;
}
interface LmdbModule {
  open(options: { path: string }): Database;
}

/** lmdb around the function: a memory map read synchronously, a durable commit awaited. */
export const lmdb: CacheContestant = {
  id: "lmdb",
  label: "lmdb",
  note: "memory-mapped file; key JSON.stringify; a write is awaited until committed",
  async open(directory, work) {
    const { open } = await load<LmdbModule>("lmdb");
    const database = open({ path: join(directory, "lmdb") });
    return {
      async call(argument) {
        const key = JSON.stringify(argument);
        const found = database.get(key);
        if (found !== undefined) return found;
        const value = await work(argument);
        await database.put(key, value);
        return value;
      },
      close: () => database.close(),
    };
  },
};
