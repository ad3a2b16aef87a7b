// deno-lint-ignore-file no-console -- a program prints.
/**
 * Everything that a cache does, over the settings that are given as JSON: `_everything.ts SETTINGS`. Prints "done", and what
 * the cache could not do as warnings; the calls give what they should all the same.
 */
import { lstatSync, readdirSync, writeFileSync } from "node:fs";
import { type Cache, cache, fleche, openCache, type Storage } from "../../mod.ts";

/** Whether everything is to work: `kept`, or `sealed` where the bytes of a storage are not those that were put. */
const isKept = process.argv[3] === "kept" || process.argv[3] === "sealed";
const settings = JSON.parse(process.argv[2] ?? "{}");
const bytes = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, at) => at % 251);
const same = (one: Uint8Array | undefined, other: Uint8Array): boolean =>
  one?.length === other.length && one.every((byte, at) => byte === other[at]);
const readAll = async (stream: ReadableStream<Uint8Array> | undefined): Promise<Uint8Array> =>
  new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());

function assert(right: boolean, what: string): void {
  if (!right) throw new Error(`wrong: ${what}`);
}

/** The files of an entry below a folder. */
function filesOf(folder: string, key: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = `${folder}/${name}`;
    if (lstatSync(path).isDirectory()) return name === "quarantine" ? [] : filesOf(path, key);
    return name.startsWith(key) ? [path] : [];
  });
}

async function useStorage(storage: Storage, root: string | undefined): Promise<void> {
  for (const size of [0, 10, 100_000, 700_000]) {
    const [key, body] = [`key ${size}`, bytes(size)];
    await storage.put(key, body);
    assert(same(await (await storage.get(key))?.bytes(), body), `bytes of ${key}`);
    await storage.put(key, new Blob([body as BlobPart]).stream());
    const part = (await storage.get(key))?.stream({ start: size >> 1 });
    assert(same(await readAll(part), body.subarray(size >> 1)), `stream of ${key}`);
    assert(await storage.has(key), `has ${key}`);
    storage.small?.get(key);
  }
  const draft = await storage.draft?.();
  await draft?.write(bytes(700_000));
  await draft?.read(0);
  await draft?.finish("draft");
  const abandoned = await storage.draft?.();
  await abandoned?.write(bytes(700_000));
  await abandoned?.abandon();
  assert((await Array.fromAsync(storage.keys({ prefix: "key " }))).length === 4, "keys");
  if (root !== undefined) {
    const key = "abcd".padEnd(64, "0");
    await storage.put(key, bytes(1000));
    for (const file of filesOf(root, key)) writeFileSync(file, "damaged");
    assert(await storage.get(key) === undefined, "damage is a miss");
    assert(filesOf(root, key).length === 0, "damage is set aside");
  }
  const lease = await storage.leases?.take("key");
  assert(lease === undefined || await storage.leases?.take("key") === undefined, "one lease");
  const waiting = storage.leases?.wait("key");
  await lease?.release();
  await waiting;
  for await (const key of storage.keys()) assert(await storage.delete(key), `delete ${key}`);
}

async function useCalls(mine: Cache): Promise<void> {
  let runs = 0;
  const double = fleche((x: number) => (runs++, 2 * x), { name: "double" });
  const count = fleche(async function* (to: number) {
    runs++;
    for (let at = 0; at < to; at++) yield await Promise.resolve(at);
  }, { name: "count" });
  const blob = fleche((size: number) => (runs++, new Blob([bytes(size) as BlobPart])), { name: "blob" });
  await cache(mine, async () => {
    for (let turn = 0; turn < 2; turn++) {
      const doubled = await Promise.all(Array.from({ length: 5 }, () => double(21)));
      assert(doubled.every((it) => it === 42), "results");
      assert((await Array.fromAsync(await count(50_000))).length === 50_000, "items");
      assert((await (await blob(2_000_000)).bytes()).length === 2_000_000, "a Blob");
    }
    if (isKept) {
      assert(runs === 3, `run ${runs} times`);
      assert((await double.fleche.open(21)).size > 0, "open");
      assert(await double.fleche.contains(21), "contains");
      assert((await double.fleche.explain(21)).hit && !(await double.fleche.explain(22)).hit, "explain");
    }
  });
}

/** The first call is looked after, and emptied in the end. */
async function lookAfter(mine: Cache): Promise<void> {
  const { calls } = await mine.stats();
  // Values are listed too where they lie in the same folder.
  assert(calls.entries >= 3, `${calls.entries} records`);
  const { counts } = await mine.verify({ repair: true });
  assert(Object.values(counts).every((count) => count === 0), `faults: ${JSON.stringify(counts)}`);
  assert((await mine.gc({ graceMs: 0 })).removed === 0, "nothing is garbage");
  assert((await mine.clear()).records === 3, "cleared");
}

const mine = openCache(settings);
const told: string[] = [];
mine.events.subscribe((event) => told.push(event.type));
if (process.argv[3] === "kept") {
  for (const role of ["values", "calls"] as const) {
    await useStorage(mine[role], (settings[role].inner ?? settings[role]).root);
  }
}
await useCalls(mine);
if (isKept) {
  await lookAfter(mine);
  for (const type of ["hit", "miss", "put", "evict"]) assert(told.includes(type), `told of a ${type}`);
}
await mine[Symbol.asyncDispose]();
console.log("done");
