// deno-lint-ignore-file no-console -- printing is what it is for.
/**
 * Opens a cache with the section in its argument and says how it is sealed: whether one key, which the tests know, opens what
 * it has put. With `root` in the section it keeps a call there and prints the record.
 */
import { openCache } from "../../src/config/active_config.ts";
import type { CacheSettings } from "../../src/config/settings.ts";
import { registerStorage } from "../../src/config/storage_types.ts";
import { Environment } from "../../src/metadata/environment.ts";
import { cache as useCache, meta } from "../../src/scope/active.ts";
import { Memory } from "../../src/storage/memory.ts";
import { SealedStorage } from "../../src/storage/sealed_storage.ts";
import { fleche } from "../../src/wrapper/fleche.ts";

const KEY = "5ec2e7ca".repeat(8);
const shared = new Memory();
registerStorage("Shared", { options: {}, open: () => shared });

async function keptRecord(root: string, section: Partial<CacheSettings>): Promise<string> {
  const files = (name: string) => ({ type: "CborFile", root: `${root}/${name}` });
  const settings = { values: files("values"), calls: files("calls"), ...section };
  let runs = 0;
  const area = fleche((width: number, height: number) => {
    runs++;
    return width * height;
  }, { name: "area" });
  const key = await area.digest(2, 3);
  for (let process = 0; process < 2; process++) {
    await using cache = openCache(settings);
    await useCache(cache, async () => {
      using _metadata = meta(new Environment());
      await area(2, 3);
    });
  }
  await using cache = openCache(settings);
  return `ran ${runs} times, kept: ${JSON.stringify(await cache.record(key))}`;
}

async function seal(section: Partial<CacheSettings>): Promise<string> {
  await using cache = openCache({ values: { type: "Shared" }, calls: { type: "Shared" }, ...section });
  if (!(cache.values instanceof SealedStorage)) return "not sealed";
  await cache.values.put("key", new Uint8Array(5));
  const own = new SealedStorage({ inner: shared, keys: [KEY], encrypt: section.encrypt ?? false });
  return `sealed, ${await own.get("key") === undefined ? "does not open" : "opens"} with`;
}

const { root, ...section } = JSON.parse(process.argv[2] ?? "{}");
try {
  console.log(root === undefined ? await seal(section) : await keptRecord(root, section));
} catch (error) {
  console.log(`${(error as Error).name}: ${(error as Error).message}`);
}
