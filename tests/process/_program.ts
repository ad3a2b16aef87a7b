// deno-lint-ignore-file no-console -- a program prints.
/** A program of a user's: one cached function under the cache that the configuration names (or the one given), called once. */
import { cache, fleche } from "../../mod.ts";

let runs = 0;
const analyse = fleche(async (text: string, options: { deep?: boolean } = {}) => {
  runs++;
  return await Promise.resolve({
    words: text.split(" "),
    deep: options.deep ?? false,
    at: new Date(0),
    big: 2n ** 70n,
  });
}, { name: "analyse" });

const [name] = process.argv.slice(2);
if (name !== undefined) cache(name);
const result = await analyse("to be or not to be", { deep: true });
console.log(
  JSON.stringify({
    runs,
    key: await analyse.digest("to be or not to be", { deep: true }),
    words: result.words.length,
    big: String(result.big),
  }),
);
