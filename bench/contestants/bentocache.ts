/** bentocache, in memory and on files. @module */
import { load } from "../harness/load.ts";
import type { CacheContestant, Cached, Work } from "./contract.ts";

interface Bento {
  getOrSetForever(options: { key: string; factory(): Promise<unknown> }): Promise<unknown>;
  disconnectAll(): Promise<void>;
}
interface Store {
  useL1Layer(driver: unknown): Store;
  useL2Layer(driver: unknown): Store;
}
interface BentocacheModule {
  BentoCache: new (options: { default: "only"; stores: { only: Store } }) => Bento;
  bentostore(): Store;
}
interface MemoryModule {
  memoryDriver(options: { maxItems: number }): unknown;
}
interface FileModule {
  fileDriver(options: { directory: string; pruneInterval: false }): unknown;
}
interface Ohash {
  hash(value: unknown): string;
}

async function open(
  layer: (store: Store) => Store,
  key: (argument: unknown) => string,
  work: Work,
): Promise<Cached> {
  const { BentoCache, bentostore } = await load<BentocacheModule>("bentocache");
  const bento = new BentoCache({ default: "only", stores: { only: layer(bentostore()) } });
  return {
    call: (argument) => bento.getOrSetForever({ key: key(argument), factory: () => work(argument) }),
    close: () => bento.disconnectAll(),
  };
}

async function memory(key: (argument: unknown) => string, work: Work): Promise<Cached> {
  const { memoryDriver } = await load<MemoryModule>("bentocache/drivers/memory");
  return await open((store) => store.useL1Layer(memoryDriver({ maxItems: 100_000 })), key, work);
}

/** bentocache's memory layer. */
export const bentocacheMemory: CacheContestant = {
  id: "bentocache-memory",
  label: "bentocache (memory)",
  note: "memory; key JSON.stringify; its driver parses JSON on each hit",
  open: (_directory, work) => memory(JSON.stringify, work),
};

/** The same, with a key that does not depend on the order of properties. */
export const bentocacheMemoryOhash: CacheContestant = {
  id: "bentocache-memory-ohash",
  label: "bentocache (memory), key by ohash",
  note: "memory; key ohash, which as ours does not depend on the order of properties",
  async open(_directory, work) {
    const { hash } = await load<Ohash>("ohash");
    return await memory(hash, work);
  },
};

/** bentocache's file layer. */
export const bentocacheFile: CacheContestant = {
  id: "bentocache-file",
  label: "bentocache (file)",
  note: "files, written in place; key ohash, since the key is a file name",
  async open(directory, work) {
    const { hash } = await load<Ohash>("ohash");
    const { fileDriver } = await load<FileModule>("bentocache/drivers/file");
    return await open(
      (store) => store.useL2Layer(fileDriver({ directory, pruneInterval: false })),
      hash,
      work,
    );
  },
};
