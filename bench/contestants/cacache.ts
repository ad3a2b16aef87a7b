/** cacache, npm's store, behind the wrapper that its users write; and its `put` alone. @module */
import { load } from "../harness/load.ts";
import type { CacheContestant } from "./contract.ts";

interface Cacache {
  get(directory: string, key: string): Promise<{ data: { toString(): string } }>;
  put(directory: string, key: string, data: string): Promise<unknown>;
}
interface CacacheModule {
  default: Cacache;
}

/** cacache around the function. */
export const cacache: CacheContestant = {
  id: "cacache",
  label: "cacache",
  note: "files, SHA-512 checked; key JSON.stringify, value as JSON",
  async open(directory, work) {
    const { default: store } = await load<CacacheModule>("cacache");
    return {
      async call(argument) {
        const key = JSON.stringify(argument);
        try {
          return JSON.parse((await store.get(directory, key)).data.toString());
        } catch (error) {
          if ((error as { code?: string }).code !== "ENOENT") throw error;
        }
        const value = await work(argument);
        await store.put(directory, key, JSON.stringify(value));
        return value;
      },
      close() {},
    };
  },
};

/** cacache's `put` without the failing `get` before it: the bound that a miss of ours is held to. */
export const cacachePut: CacheContestant = {
  id: "cacache-put",
  label: "cacache put alone",
  note: "no lookup before the write; key JSON.stringify, value as JSON",
  only: "miss",
  async open(directory, work) {
    const { default: store } = await load<CacacheModule>("cacache");
    return {
      async call(argument) {
        const value = await work(argument);
        await store.put(directory, JSON.stringify(argument), JSON.stringify(value));
        return value;
      },
      close() {},
    };
  },
};
