/**
 * Deno's Web Cache API. It keeps its files below DENO_DIR, which `run_child.ts` puts into the benchmark's own folder.
 *
 * @module
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Bytes, StreamContestant } from "./contract.ts";
import { nothing } from "./nothing.ts";
import type { Source } from "./source.ts";

const url = "http://localhost/download";

/** `caches.open`: kept from the source alone, since `response.clone()`, as its users write it, buffers the whole. */
export const webCache: StreamContestant = {
  id: "web-cache",
  label: "Web Cache API",
  note: "nothing checked; no caller reads what is put",
  runtime: "deno",
  async open(directory: string, source: Source) {
    // What an earlier round left is nowhere in the directory, which is new.
    const mark = join(directory, "opened");
    if (!existsSync(mark)) {
      await caches.delete(directory);
      mkdirSync(mark);
    }
    const cache = await caches.open(directory);
    return {
      async miss(): Promise<Bytes> {
        await cache.put(url, new Response(source()));
        return nothing();
      },
      async hit(): Promise<Bytes> {
        const body = (await cache.match(url))?.body;
        if (body === undefined || body === null) throw new Error("Cannot find what was put");
        return body;
      },
      close: () => Promise.resolve(),
    };
  },
};
