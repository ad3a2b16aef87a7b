/** The storages that keep streams, each opened below a folder. */
import {
  BagOfHoldingH5File,
  CborFile,
  CompressedStorage,
  type Compression,
  Memory,
  PickleFile,
  Sql,
  type Storage,
} from "../../mod.ts";

const compressed = (compression: Compression, inner: Storage): Storage =>
  new CompressedStorage({ compression, inner });

/** Name and opener, which is given an empty folder. */
export const streamStorages: readonly (readonly [name: string, open: (root: string) => Storage])[] = [
  ["Memory", () => new Memory()],
  ["CborFile", (root) => new CborFile({ root })],
  ["PickleFile", (root) => new PickleFile({ root })],
  ["BagOfHoldingH5File", (root) => new BagOfHoldingH5File({ root })],
  ["Sql", (root) => new Sql({ url: `${root}/values.db` })],
  ["gzip around CborFile", (root) => compressed("gzip", new CborFile({ root }))],
  ["brotli around Sql", (root) => compressed("brotli", new Sql({ url: `${root}/values.db` }))],
  ["zstd around deflate around Memory", () => compressed("zstd", compressed("deflate", new Memory()))],
];
