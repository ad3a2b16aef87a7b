/** This module: a function that returns the stream, cached in files; and its storage alone. @module */
import { Cache, cache, CborFile, CompressedStorage, fleche, type Storage } from "../../../mod.ts";
import type { Bytes, StreamContestant } from "./contract.ts";
import { nothing } from "./nothing.ts";
import { SlowDisk } from "./slow_disk.ts";
import type { Source } from "./source.ts";

interface Kind {
  readonly id: string;
  readonly label: string;
  readonly note: string;
  readonly spool?: boolean;
  /** What values are kept in; files otherwise. */
  values?(files: Storage): Storage;
}

function contestant({ id, label, note, spool = false, values = (files) => files }: Kind): StreamContestant {
  return {
    id,
    label,
    note,
    async open(directory: string, source: Source) {
      const mine = new Cache({
        values: values(new CborFile({ root: `${directory}/values` })),
        calls: new CborFile({ root: `${directory}/calls` }),
      });
      const options = { name: "download", module: "bench", strict: true, stream: { spool } };
      const download = fleche((_seed: number) => Promise.resolve(source()), options);
      const call = (): Promise<Bytes> => cache(mine, () => download(1));
      return await Promise.resolve({ miss: call, hit: call, close: () => mine[Symbol.asyncDispose]() });
    },
  };
}

/** A cached function, its results in files. */
export const flecheFiles: StreamContestant = contestant({
  id: "fleche",
  label: "fleche CborFile",
  note: "SHA-256 of each chunk, checked before it is delivered",
});

/** The source runs at the disk's speed, whatever the caller's is. */
export const flecheSpool: StreamContestant = contestant({
  id: "fleche-spool",
  label: "fleche CborFile, spool",
  note: "spool: true",
  spool: true,
});

/** On a disk that takes a millisecond more for each chunk. */
export const flecheSlowDisk: StreamContestant = contestant({
  id: "fleche-slow-disk",
  label: "fleche CborFile",
  note: "a storage whose every write waits for a millisecond",
  values: (files) => new SlowDisk(files),
});

/** Compressed on its way. */
export const flecheGzip: StreamContestant = contestant({
  id: "fleche",
  label: "fleche CompressedStorage(gzip, CborFile)",
  note: "SHA-256 of each chunk of what is compressed",
  values: (inner) => new CompressedStorage({ compression: "gzip", inner }),
});

function alone(id: string, label: string, storage: (directory: string) => Storage): StreamContestant {
  return {
    id,
    label,
    note: "no function and no caller: the stream is put by its key, and found by it",
    async open(directory: string, source: Source) {
      const files = storage(directory);
      return await Promise.resolve({
        async miss(): Promise<Bytes> {
          await files.put("download", source());
          return nothing();
        },
        async hit(): Promise<Bytes> {
          const body = await files.get("download");
          if (body === undefined) throw new Error("Cannot find what was put");
          return body.stream();
        },
        close: async () => await files[Symbol.asyncDispose](),
      });
    },
  };
}

/** The storage without what stands around it. */
export const flecheStorage: StreamContestant = alone(
  "fleche-storage",
  "fleche CborFile, put and get alone",
  (directory) => new CborFile({ root: `${directory}/values` }),
);

/** The same, compressed. */
export const flecheGzipStorage: StreamContestant = alone(
  "fleche-storage",
  "fleche CompressedStorage(gzip, CborFile), put and get alone",
  (directory) =>
    new CompressedStorage({ compression: "gzip", inner: new CborFile({ root: `${directory}/values` }) }),
);
