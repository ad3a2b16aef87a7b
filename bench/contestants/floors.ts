/**
 * Floors: no caches, but the least that a disk cache could do. Their keys (paths) are ready-made, nothing is digested
 * or checked, so nobody is expected to reach them.
 *
 * @module
 */
import { createClient } from "@libsql/client";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CacheContestant } from "./contract.ts";

/** Paths by argument object: the floors do not compute a key. */
function numbered(): (argument: unknown) => number {
  const numbers = new Map<unknown, number>();
  return (argument) => {
    let number = numbers.get(argument);
    if (number === undefined) numbers.set(argument, number = numbers.size);
    return number;
  };
}

/** Two synchronous reads with `JSON.parse`: a record, then its value. */
export const rawFiles: CacheContestant = {
  id: "raw-files",
  label: "two readFileSync + JSON.parse",
  note: "floor: no key computed, nothing checked",
  sync: true,
  only: "hit",
  async open(directory, work) {
    const number = numbered();
    const ready = new Map<number, { record: string; value: string }>();
    const fill = async (argument: unknown): Promise<unknown> => {
      const i = number(argument);
      const value = await work(argument);
      const paths = { record: join(directory, `${i}.record`), value: join(directory, `${i}.value`) };
      writeFileSync(paths.record, JSON.stringify({ name: "work", module: "bench", result: paths.value }));
      writeFileSync(paths.value, JSON.stringify(value));
      ready.set(i, paths);
      return value;
    };
    return await Promise.resolve({
      call(argument: unknown) {
        const paths = ready.get(number(argument));
        if (paths === undefined) return fill(argument);
        JSON.parse(readFileSync(paths.record, "utf8"));
        return JSON.parse(readFileSync(paths.value, "utf8"));
      },
      close() {},
    });
  },
};

/** A point select through the libSQL client, then one synchronous read with `JSON.parse`. */
export const libsqlSelect: CacheContestant = {
  id: "libsql-select",
  label: "libsql point select + readFileSync + JSON.parse",
  note: "floor: no key computed, nothing checked",
  only: "hit",
  async open(directory, work) {
    const number = numbered();
    const client = createClient({ url: `file:${join(directory, "floor.db")}` });
    await client.execute("PRAGMA journal_mode = WAL");
    await client.execute("CREATE TABLE calls (key TEXT PRIMARY KEY, result TEXT NOT NULL) WITHOUT ROWID");
    return {
      async call(argument) {
        const key = `key-${number(argument)}`;
        const { rows } = await client.execute({ sql: "SELECT result FROM calls WHERE key = ?", args: [key] });
        const [row] = rows;
        if (row !== undefined) return JSON.parse(readFileSync(String(row["result"]), "utf8"));
        const value = await work(argument);
        const path = join(directory, `${key}.value`);
        writeFileSync(path, JSON.stringify(value));
        await client.execute({ sql: "INSERT INTO calls VALUES (?, ?)", args: [key, path] });
        return value;
      },
      close: () => client.close(),
    };
  },
};

/** Two synchronous writes, each to a temporary name and renamed: a value, then its record. */
export const rawWrites: CacheContestant = {
  id: "raw-writes",
  label: "two writeFileSync + renameSync",
  note: "floor: no key computed, nothing checked, no lookup",
  only: "miss",
  async open(directory, work) {
    const number = numbered();
    const write = (name: string, content: unknown): void => {
      const path = join(directory, name);
      writeFileSync(`${path}.tmp`, JSON.stringify(content));
      renameSync(`${path}.tmp`, path);
    };
    return await Promise.resolve({
      async call(argument: unknown) {
        const i = number(argument);
        const value = await work(argument);
        write(`${i}.value`, value);
        write(`${i}.record`, { name: "work", module: "bench", result: i });
        return value;
      },
      close() {},
    });
  },
};
