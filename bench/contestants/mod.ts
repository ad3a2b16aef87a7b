/** Every contestant of the hit and miss benchmarks: ours first, then memory, disk, floors. @module */
import { bentocacheFile, bentocacheMemory, bentocacheMemoryOhash } from "./bentocache.ts";
import { cacache, cacachePut } from "./cacache.ts";
import { cachifiedMemory } from "./cachified.ts";
import type { CacheContestant } from "./contract.ts";
import { flecheFiles, flecheHeard, flecheMemory, flecheSql } from "./fleche.ts";
import { libsqlSelect, rawFiles, rawWrites } from "./floors.ts";
import { keyvMemory, keyvSqlite } from "./keyv.ts";
import { lmdb } from "./lmdb.ts";
import { pMemoize } from "./p_memoize.ts";
import { unstorageFs } from "./unstorage.ts";

/** Every contestant. */
export const contestants: readonly CacheContestant[] = [
  flecheMemory,
  flecheHeard,
  flecheFiles,
  flecheSql,
  pMemoize,
  cachifiedMemory,
  bentocacheMemory,
  bentocacheMemoryOhash,
  keyvMemory,
  keyvSqlite,
  lmdb,
  bentocacheFile,
  unstorageFs,
  cacache,
  cacachePut,
  rawFiles,
  libsqlSelect,
  rawWrites,
];
