/** unstorage on its file system driver. @module */
import { load } from "../harness/load.ts";
import type { CacheContestant } from "./contract.ts";

interface Unstorage {
  getItem(key: string): Promise<unknown>;
  setItem(key: string, value: unknown): Promise<void>;
  dispose(): Promise<void>;
}
interface UnstorageModule {
  createStorage(options: { driver: unknown }): Unstorage;
}
interface FsModule {
  default(options: { base: string }): unknown;
}
interface Ohash {
  hash(value: unknown): string;
}

/** unstorage around the function. */
export const unstorageFs: CacheContestant = {
  id: "unstorage-fs",
  label: "unstorage (fs)",
  note: "files, written in place; key ohash, since unstorage rewrites punctuation in keys",
  async open(directory, work) {
    const { createStorage } = await load<UnstorageModule>("unstorage");
    const { default: fsDriver } = await load<FsModule>("unstorage/drivers/fs");
    const { hash } = await load<Ohash>("ohash");
    const storage = createStorage({ driver: fsDriver({ base: directory }) });
    return {
      async call(argument) {
        const key = hash(argument);
        const found = await storage.getItem(key);
        if (found !== null) return found;
        const value = await work(argument);
        await storage.setItem(key, value);
        return value;
      },
      close: () => storage.dispose(),
    };
  },
};
