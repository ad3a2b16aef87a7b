// deno-lint-ignore-file no-console -- a program prints.
/** A program of a user's under the seed's configuration: one function, called twice in the cache that is named. */
import process from "node:process";
import { cache, fleche } from "../../mod.ts";

let runs = 0;
const measure = fleche((count: number) => {
  runs++;
  return {
    label: "räumlich",
    samples: Float64Array.from({ length: count }, (_, i) => i / 8),
    at: new Date(86_400_000),
  };
}, { name: "measure" });

const [name = "default"] = process.argv.slice(2);
cache(name);
const first = await measure(1000);
const second = await measure(1000);
console.log(JSON.stringify({
  runs,
  key: await measure.digest(1000),
  sum: [first, second].map(({ samples }) => samples.reduce((sum, each) => sum + each, 0)),
  label: second.label,
  at: second.at.toISOString(),
}));
