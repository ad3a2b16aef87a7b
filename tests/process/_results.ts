// deno-lint-ignore-file no-console -- a program prints.
/** Calls a function for every value of the codec's corpus in several caches, and says how often it ran and what was not the same. */
import process from "node:process";
import { fleche, openCache } from "../../mod.ts";
import { corpus } from "../codec/_corpus.ts";
import { assertSame } from "../codec/_same.ts";

const [root = ""] = process.argv.slice(2);
const files = (name: string) => ({ type: "CborFile", root: `${root}/${name}` });
const sql = (name: string) => ({ type: "Sql", url: `file:${root}/${name}.db` });
const caches = {
  files: openCache({ values: files("files/values"), calls: files("files/calls") }),
  sql: openCache({ values: sql("values"), calls: sql("calls") }),
  gzip: openCache({
    values: { type: "CompressedStorage", compression: "gzip", inner: files("gzip/values") },
    calls: { type: "CompressedStorage", compression: "gzip", inner: sql("gzip") },
  }),
  zstd: openCache({
    values: { type: "CompressedStorage", compression: "zstd", inner: files("zstd/values") },
    calls: files("zstd/calls"),
  }),
};

let runs = 0;
const wrong: string[] = [];
const keys: string[] = [];
for (const [kind, cache] of Object.entries(caches)) {
  const make = fleche((name: string) => {
    runs++;
    return corpus()[name];
  }, { name: "make", strict: true, cache });
  for (const [name, expected] of Object.entries(corpus())) {
    try {
      assertSame(await make(name), expected);
      const record = await cache.record(await make.digest(name));
      keys.push(`${kind} ${name} ${record?.result}`);
    } catch (error) {
      wrong.push(`${kind} ${name}: ${error}`);
    }
  }
  await cache[Symbol.asyncDispose]();
}
console.log(JSON.stringify({ runs, wrong, keys }));
