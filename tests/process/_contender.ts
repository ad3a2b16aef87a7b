// deno-lint-ignore-file no-console -- a program prints.
/** One of several processes that call the same functions with the same arguments in the same caches, and check every result. */
import assert from "node:assert/strict";
import process from "node:process";
import { fleche, openCache } from "../../mod.ts";

const [root = "", durationMs = "1000", seed = "1"] = process.argv.slice(2);

function resultOf(n: number): unknown {
  const row = {
    n,
    text: `row ${n}`,
    at: new Date(n * 1000),
    big: 2n ** BigInt(n),
    list: [n, -0, NaN, undefined],
  };
  // Beyond the short way, and beyond one chunk.
  if (n % 16 === 0) return { row, bytes: new Float64Array(50_000).fill(n) };
  return n % 5 === 0 ? new Map([[row, new Set([n])]]) : row;
}

const caches = ["files", "sql", "zstd"].map((kind) =>
  openCache({
    values: kind === "zstd"
      ? { type: "CompressedStorage", compression: "zstd", inner: { type: "CborFile", root: `${root}/zstd` } }
      : { type: "CborFile", root: `${root}/${kind}` },
    calls: kind === "sql"
      ? { type: "Sql", url: `file:${root}/calls.db` }
      : { type: "CborFile", root: `${root}/${kind}` },
  })
);
let runs = 0;
const functions = caches.map((cache) =>
  fleche((n: number) => {
    runs++;
    return resultOf(n);
  }, { name: "contended", strict: true, cache })
);

// Park and Miller's generator: each process goes its own way, the same in every run.
let state = Number(seed) * 7919;
const next = (below: number): number => (state = state * 48271 % 0x7fffffff) % below;

let calls = 0;
for (const end = Date.now() + Number(durationMs); Date.now() < end;) {
  await Promise.all(functions.map(async (f) => {
    const n = next(64);
    // Now and then the same entry is written anew under the others' eyes.
    const result = next(10) === 0 ? await f.rerun(n) : await f(n);
    calls++;
    assert.deepEqual(result, resultOf(n));
  }));
}
for (const cache of caches) await cache[Symbol.asyncDispose]();
console.log(JSON.stringify({ calls, runs }));
