/** Every contestant of the stream scenario, by name: those that take turns, and those of the jobs in `child.ts`. @module */
import { cacache } from "./cacache.ts";
import type { StreamContestant } from "./contract.ts";
import {
  flecheFiles,
  flecheGzip,
  flecheGzipStorage,
  flecheSlowDisk,
  flecheSpool,
  flecheStorage,
} from "./fleche.ts";
import { noCache, rawFile, rawGzip, rawSha256 } from "./raw.ts";
import type { Content } from "./source.ts";
import { webCache } from "./web_cache.ts";

/** Those that are held against each other for speed. */
export const contestants: Readonly<Record<Content, readonly StreamContestant[]>> = {
  noise: [noCache, rawFile, rawSha256, flecheFiles, flecheStorage, cacache, webCache],
  text: [noCache, rawGzip, flecheGzip, flecheGzipStorage],
};

/** Those that do a job in a process of its own. */
export const byId: ReadonlyMap<string, StreamContestant> = new Map(
  [...contestants.noise, flecheSpool, flecheSlowDisk].map((contestant) => [contestant.id, contestant]),
);
