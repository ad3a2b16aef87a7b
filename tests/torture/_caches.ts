/** The caches that are tortured, each opened below a folder of its own, by a name that can be passed to a process. */
import {
  BagOfHoldingH5File,
  Cache,
  CborFile,
  CloudpickleFile,
  CompressedStorage,
  type Compression,
  DillFile,
  PickleFile,
  SealedStorage,
  Sql,
  type Storage,
} from "../../mod.ts";
import type { Durability } from "../../src/storage/types.ts";

/** A cache that is to be tortured. */
export interface TorturedCache {
  /** What it is made of, in words. */
  readonly name: string;
  /** Whether a part of it is a database. */
  readonly hasDatabase: boolean;
  /** Opens it below a folder, which may be missing. */
  open(root: string, durability?: Durability): Cache;
}

type Open = (root: string, role: "values" | "calls", durability: Durability) => Storage;

const compressed = (compression: Compression, inner: Open): Open => (...given) =>
  new CompressedStorage({ compression, inner: inner(...given) });

const cbor: Open = (root, role, durability) => new CborFile({ root: `${root}/${role}`, durability });
const pickle: Open = (root, role, durability) => new PickleFile({ root: `${root}/${role}`, durability });
const sql: Open = (root, role, durability) => new Sql({ url: `${root}/one.db`, role, durability });

const sealed = (encrypt: boolean, inner: Open): Open => (...given) =>
  new SealedStorage({ inner: inner(...given), keys: ["5a".repeat(32)], encrypt });

const parts: readonly (readonly [name: string, values: Open, calls: Open])[] = [
  ["CborFile", cbor, cbor],
  ["Sql", sql, sql],
  ["gzip around CborFile", compressed("gzip", cbor), compressed("gzip", cbor)],
  ["zstd around CborFile", compressed("zstd", cbor), cbor],
  ["PickleFile", pickle, cbor],
  [
    "CloudpickleFile",
    (root, role, durability) => new CloudpickleFile({ root: `${root}/${role}`, durability }),
    cbor,
  ],
  ["DillFile", (root, role, durability) => new DillFile({ root: `${root}/${role}`, durability }), cbor],
  [
    "BagOfHoldingH5File",
    (root, role, durability) => new BagOfHoldingH5File({ root: `${root}/${role}`, durability }),
    cbor,
  ],
  ["CborFile and Sql", cbor, sql],
  ["brotli around Sql", compressed("brotli", sql), sql],
  ["deflate around CborFile", compressed("deflate", cbor), cbor],
  ["deflate-raw around PickleFile", compressed("deflate-raw", pickle), cbor],
  ["brotli around CborFile", compressed("brotli", cbor), cbor],
  [
    "zstd around gzip around CborFile",
    compressed("zstd", compressed("gzip", cbor)),
    compressed("zstd", cbor),
  ],
  ["signed CborFile", sealed(false, cbor), sealed(false, cbor)],
  ["encrypted CborFile", sealed(true, cbor), sealed(true, cbor)],
  ["gzip around encrypted CborFile", compressed("gzip", sealed(true, cbor)), sealed(true, cbor)],
  ["encrypted Sql", sealed(true, sql), sealed(true, sql)],
];

/** All of them. */
export const torturedCaches: readonly TorturedCache[] = parts.map(([name, values, calls]) => ({
  name,
  hasDatabase: /Sql/.test(name),
  open: (root, durability = "process") =>
    new Cache({
      values: values(root, "values", durability),
      calls: calls(root, "calls", durability),
      name,
    }),
}));

/** The one of a name. */
export function torturedCache(name: string): TorturedCache {
  const found = torturedCaches.find((each) => each.name === name);
  if (found === undefined) throw new Error(`Cannot find cache "${name}"`);
  return found;
}
