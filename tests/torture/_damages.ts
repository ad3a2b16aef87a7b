/** What can happen to a file in which an entry stands: by name, each done to one path. */
import { execFileSync } from "node:child_process";
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";

/** One thing that happens to a file. */
export interface Damage {
  /** What, as `flip at 17`. */
  readonly name: string;
  /** Does it. What lies at that place may be so already: then nothing changes. */
  inflict(path: string): void;
}

/** At how many places of a file something is tried. */
export interface Places {
  /** All, of files of at most so many bytes. */
  readonly all: number;
  /** So many of longer ones, at equal distances. */
  readonly some: number;
  /** And so many at their end, where the checksums stand. */
  readonly last: number;
}

function positions(length: number, { all, some, last }: Places): number[] {
  if (length <= all) return Array.from({ length }, (_, at) => at);
  const step = Math.max(1, Math.floor(length / some));
  const spread = Array.from({ length: Math.ceil(length / step) }, (_, at) => at * step);
  const ends = Array.from({ length: Math.min(last, length) }, (_, at) => length - 1 - at);
  return [...new Set([...spread, ...ends])].sort((left, right) => left - right);
}

function rewrite(path: string, change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): void {
  writeFileSync(path, change(new Uint8Array(readFileSync(path))));
}

/** Damages at places within a file, as they are for one of so many bytes. */
export function damagesWithin(length: number, tried: Places): Damage[] {
  const places = positions(length, tried);
  return [
    ...places.map((at): Damage => ({ name: `cut to ${at}`, inflict: (path) => truncateSync(path, at) })),
    ...places.map((at): Damage => ({
      name: `flip at ${at}`,
      inflict: (path) =>
        rewrite(
          path,
          (bytes) => at < bytes.length ? bytes.with(at, (bytes[at] ?? 0) ^ (1 << at % 8)) : bytes,
        ),
    })),
    ...places.filter((_, index) => index % 4 === 0).map((at): Damage => ({
      name: `32 bytes of 0xff from ${at}`,
      inflict: (path) => rewrite(path, (bytes) => bytes.fill(0xff, at, at + 32)),
    })),
    ...places.filter((_, index) => index % 4 === 1).map((at): Damage => ({
      name: `zeros from ${at}`,
      inflict: (path) => rewrite(path, (bytes) => bytes.fill(0, at)),
    })),
    ...places.filter((_, index) => index % 4 === 2).map((at): Damage => ({
      name: `the first ${at + 1} bytes gone`,
      inflict: (path) => rewrite(path, (bytes) => bytes.subarray(at + 1)),
    })),
    ...[1, 64, 4096].map((more): Damage => ({
      name: `${more} bytes more`,
      inflict: (path) => rewrite(path, (bytes) => new Uint8Array([...bytes, ...new Uint8Array(more)])),
    })),
    {
      name: "twice itself",
      inflict: (path) =>
        rewrite(path, (bytes) => {
          const twice = new Uint8Array(2 * bytes.length);
          twice.set(bytes);
          twice.set(bytes, bytes.length);
          return twice;
        }),
    },
  ];
}

/** The footer's version, and where another one stands in the place of 1. */
const VERSION_FROM_END = 64 - 9;

function replaced(name: string, put: (path: string) => void): Damage {
  return {
    name,
    inflict: (path) => {
      rmSync(path, { recursive: true, force: true });
      put(path);
    },
  };
}

/**
 * Damages that put something else in a file's place.
 *
 * @param others `entry` is another whole entry, of the same kind; `aside` a path outside of the cache that may be used.
 */
export function replacements({ entry, aside }: { readonly entry: string; readonly aside: string }): Damage[] {
  return [
    { name: "is gone", inflict: (path) => rmSync(path) },
    replaced("is empty", (path) => writeFileSync(path, "")),
    replaced("is a folder", (path) => mkdirSync(path)),
    replaced("is a folder with a file", (path) => {
      mkdirSync(path);
      writeFileSync(`${path}/file`, "x");
    }),
    replaced("is a link to another entry", (path) => symlinkSync(entry, path)),
    replaced("is a link to a file outside", (path) => symlinkSync("/etc/passwd", path)),
    replaced("is a dangling link", (path) => symlinkSync(`${aside}/nowhere`, path)),
    replaced("is a link to itself", (path) => symlinkSync(path, path)),
    replaced("is a link to a folder", (path) => symlinkSync("/", path)),
    replaced("is a link to an endless device", (path) => symlinkSync("/dev/zero", path)),
    replaced("is a FIFO", (path) => void execFileSync("mkfifo", [path])),
    replaced("is a hard link to another entry", (path) => linkSync(entry, path)),
    replaced("is a copy of another entry", (path) => writeFileSync(path, readFileSync(entry))),
    {
      name: "is a link to itself elsewhere",
      inflict: (path) => {
        renameSync(path, `${aside}/moved`);
        symlinkSync(`${aside}/moved`, path);
      },
    },
    {
      name: "changes places with another entry",
      inflict: (path) => {
        renameSync(path, `${aside}/moved`);
        renameSync(entry, path);
        renameSync(`${aside}/moved`, entry);
      },
    },
    {
      name: "is of a later version",
      inflict: (path) =>
        rewrite(path, (bytes) => {
          const at = bytes.length - VERSION_FROM_END;
          bytes[at] = 2;
          return bytes;
        }),
    },
  ];
}
