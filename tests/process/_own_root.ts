// deno-lint-ignore-file no-console -- a program prints.
/** A program that may read and write one folder, and nothing else. */
import { cache, fleche, openCache } from "../../mod.ts";

const [root = ""] = process.argv.slice(2);
const mine = openCache({
  values: { type: "CborFile", root: `${root}/values` },
  calls: { type: "CborFile", root: `${root}/calls` },
});
let runs = 0;
const double = fleche((x: number) => (runs++, 2 * x), { name: "double" });
await cache(mine, async () => {
  console.log(await double(21), await double(21), runs, (await double.fleche.call(21)).module);
});
