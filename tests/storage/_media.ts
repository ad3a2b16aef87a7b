/** The storages whose leases many processes share, by a name that can be passed to a process. */
import { join } from "node:path";
import { CborFile } from "../../src/storage/cbor_file.ts";
import { Sql } from "../../src/storage/sql.ts";
import type { Leases, Storage } from "../../src/storage/types.ts";

/** Names of the media. */
export const MEDIA: readonly string[] = ["file", "sql"];

/** Opens the storage of a medium below a folder. */
export function openMedium(medium: string, folder: string): { storage: Storage; leases: Leases } {
  const storage: Storage = medium === "sql"
    ? new Sql({ url: join(folder, "cache.db") })
    : new CborFile({ root: join(folder, "files") });
  if (storage.leases === undefined) throw new Error(`${medium} has no leases`);
  return { storage, leases: storage.leases };
}
