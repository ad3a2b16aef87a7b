// deno-lint-ignore-file no-console -- a program prints.
/**
 * Calls a function for every value of the codecs' corpus in caches of every format, plain and in every compression, and says
 * how often it ran, what was not the same, and what was refused.
 */
import process from "node:process";
import { Cache, CodecError, fleche, openCache, Sql } from "../../mod.ts";
import { cloudpickleCodec } from "../../src/codec/pickle/cloudpickle_codec.ts";
import { hdf5Codec } from "../../src/codec/hdf5/hdf5_codec.ts";
import { pickleCodec } from "../../src/codec/pickle/pickle_codec.ts";
import { compressions } from "../../src/storage/compression/compression.ts";
import { corpus } from "../codec/_corpus.ts";
import { assertSame } from "../codec/_same.ts";

const [root = ""] = process.argv.slice(2);
const types = ["CborFile", "PickleFile", "CloudpickleFile", "DillFile", "BagOfHoldingH5File"];

const caches = new Map<string, Cache>();
for (const type of types) {
  // All types share these folders, as they may.
  const files = (name: string) => ({ type, root: `${root}/${name}` });
  caches.set(type, openCache({ values: files("values"), calls: files("calls") }));
  for (const compression of compressions) {
    const compressed = (name: string) => ({ type: "CompressedStorage", compression, inner: files(name) });
    caches.set(
      `${type} ${compression}`,
      openCache({ values: compressed(`${compression}/values`), calls: compressed(`${compression}/calls`) }),
    );
  }
}
for (const codec of [pickleCodec, cloudpickleCodec(), hdf5Codec()]) {
  const sql = (name: string) => new Sql({ url: `${root}/${codec.name}-${name}.db`, codec });
  caches.set(`Sql ${codec.name}`, new Cache({ values: sql("values"), calls: sql("calls") }));
}

let runs = 0;
const wrong: string[] = [];
const refused = new Set<string>();
const results: string[] = [];
for (const [kind, cache] of caches) {
  const make = fleche((name: string) => {
    runs++;
    return corpus()[name];
  }, { name: "make", strict: true, cache });
  for (const [name, expected] of Object.entries(corpus())) {
    try {
      assertSame(await make(name), expected);
      results.push(`${kind} ${name} ${(await cache.record(await make.digest(name)))?.result}`);
    } catch (error) {
      if (error instanceof CodecError && error.code === "unencodable") {
        refused.add(`${cache.values.codec?.name} ${name}`);
        runs--;
      } else {
        wrong.push(`${kind} ${name}: ${error}`);
      }
    }
  }
  await cache[Symbol.asyncDispose]();
}
console.log(JSON.stringify({ runs, wrong, refused: [...refused], results }));
