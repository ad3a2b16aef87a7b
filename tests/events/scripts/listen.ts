// deno-lint-ignore-file no-console -- what it says is what the test reads.
/** Listens to a cache in memory, in every way that there is, if told to; calls through it; says what it heard. */
import { Cache, fleche, Memory, meta } from "../../../mod.ts";
import { instrumentFleche } from "../../../src/otel/mod.ts";

let heard = 0;
const cache = new Cache({ values: new Memory(), calls: new Memory() });
if (Deno.args[0] === "listen") {
  cache.events.subscribe(() => heard++);
  instrumentFleche();
}
const f = fleche((a: number) => a, { name: "f", module: "m", cache });
await meta(async () => {
  await f(1);
  await f(1);
});
console.log(heard, cache.tally.totals().hits);
