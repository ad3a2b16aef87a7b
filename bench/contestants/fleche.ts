/**
 * This module: the same cached function on each pair of storages that issue 2 sets figures for. Imports nothing else,
 * since the first hit of a process is measured through this file.
 *
 * @module
 */
import { type Cache, cache, fleche, openCache } from "../../mod.ts";
import type { CacheContestant } from "./contract.ts";

type Settings = Parameters<typeof openCache>[0];

function contestant(
  id: string,
  label: string,
  settings: (directory: string) => Settings,
  prepare: (opened: Cache) => void = () => {},
): CacheContestant {
  return {
    id,
    label,
    note: "key: SHA-256 of the canonical form of the argument",
    async open(directory, work) {
      const opened = await openCache(settings(directory));
      prepare(opened);
      return {
        call: fleche((argument: unknown) => work(argument), { name: "work", module: "bench", strict: true }),
        enter: () => cache.setDefault(opened),
        close: () => opened[Symbol.asyncDispose](),
      };
    },
  };
}

/** Values and calls in memory. */
export const flecheMemory: CacheContestant = contestant("fleche-memory", "fleche Memory + Memory", () => ({
  values: { type: "Memory" },
  calls: { type: "Memory" },
}));

/** The same, and somebody listens to its events. */
export const flecheHeard: CacheContestant = {
  ...contestant(
    "fleche-heard",
    "fleche Memory + Memory, listened to",
    () => ({ values: { type: "Memory" }, calls: { type: "Memory" } }),
    (opened) => void opened.events.subscribe(() => {}),
  ),
  only: "hit",
};

/** Values and calls in files. */
export const flecheFiles: CacheContestant = contestant(
  "fleche-files",
  "fleche CborFile + CborFile",
  (directory) => ({
    values: { type: "CborFile", root: `${directory}/values` },
    calls: { type: "CborFile", root: `${directory}/calls` },
  }),
);

/** Values in files, calls in SQLite. */
export const flecheSql: CacheContestant = contestant("fleche-sql", "fleche CborFile + Sql", (directory) => ({
  values: { type: "CborFile", root: `${directory}/values` },
  calls: { type: "Sql", url: `sqlite:///${directory}/calls.db` },
}));
