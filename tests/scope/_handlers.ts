// deno-lint-ignore-file no-console -- a program prints.
/** Prints which cache a server's handler sees before and after first calls, which load code, under other caches. */
import { cache, fleche, openCache, tags } from "../../mod.ts";

// `as` here: the two runtimes' servers are not typed in each other's.
type Handler = () => Response;
interface Runtimes {
  readonly Deno?: {
    serve(
      options: object,
      handler: Handler,
    ): { readonly addr: { readonly port: number }; shutdown(): Promise<void> };
  };
  readonly Bun?: { serve(options: object): { readonly port: number; stop(): Promise<void> } };
}
const { Deno: deno, Bun: bun } = globalThis as unknown as Runtimes;

const handler = (): Response => new Response(cache().name);
const served = deno?.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handler);
const other = bun?.serve({ port: 0, hostname: "127.0.0.1", fetch: handler });
const url = `http://127.0.0.1:${served?.addr.port ?? other?.port}/`;
const see = async (): Promise<string> => await (await fetch(url)).text();

const root = process.argv[2] ?? "";
const seen = [await see()];
const f = fleche((n: number, content: Blob) => `${n} of ${content.size} bytes`, {
  name: "f",
  hashCode: true,
});
const settings = [
  { values: { type: "Memory" }, calls: { type: "Memory" } },
  {
    values: { type: "CborFile", root: `${root}/values` },
    calls: { type: "Sql", url: `sqlite:///${root}/calls.db` },
  },
  {
    values: { type: "CompressedStorage", compression: "zstd", inner: { type: "Memory" } },
    calls: { type: "Memory" },
  },
];
for (const each of settings) {
  await using mine = openCache(each);
  await cache(mine, () => tags({ a: 1 }, () => f(1, new Blob(["content"]))));
  seen.push(await see());
  await cache(mine, () => f.rerun(1, new Blob(["content"])));
  await cache(mine, async () => await mine.record(await f.digest(1, new Blob(["content"]))));
  seen.push(await see());
}
console.log(JSON.stringify(seen));
await served?.shutdown();
await other?.stop();
