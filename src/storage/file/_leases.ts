/**
 * Leases as files: whoever creates the file of a key holds its lease, renews the file's time of modification as a sign of
 * life, and removes it in the end.
 *
 * @module
 */

import { awaitRelease, type LeaseSight, SIGN_EVERY_MS, SILENT_FOR_MS } from "../_await_release.ts";
import { Heartbeat } from "../_heartbeat.ts";
import { assertKey } from "../_key.ts";
import type { Lease, Leases, StorageOptions } from "../types.ts";
import type { Folder } from "./_folder.ts";
import { errorCode, nodeFs } from "./_fs.ts";
import { placeOf } from "./_layout.ts";

/** From which age on a lease is dead at first sight, in milliseconds. Clocks may differ, hence so long. */
const STALE_AFTER_MS = 60_000;

/** For how long after a sign of life nobody can have taken a lease over, in milliseconds. */
const SAFE_FOR_MS: number = SILENT_FOR_MS - 1000;

/** How exactly file systems keep times, in milliseconds; FAT is the coarsest. */
const TIME_GRAIN_MS = 2000;

/** How far apart two looks at a lease may be. */
const LONGEST_DELAY_MS = 100;

const heartbeat = new Heartbeat<FileLease>(SIGN_EVERY_MS, (leases) => {
  for (const lease of leases) lease.beat();
});

/** Gives the sign of life of all leases that are held. */
export function beat(): void {
  heartbeat.beat();
}

/** The leases of one storage's entries. */
export class FileLeases implements Leases {
  readonly #folder: Folder;
  readonly #suffix: string;

  /**
   * @param folder Where the entries are.
   * @param suffix What the names of the entries' files end in: the leases of another storage in that folder are others.
   */
  constructor(folder: Folder, suffix: string) {
    this.#folder = folder;
    this.#suffix = suffix;
  }

  /** Takes the lease of a key; see `Leases.take`. Creates a file, synchronously. */
  async take(key: string): Promise<Lease | undefined> {
    assertKey(key);
    const name = this.#nameOf(key);
    const lease = new FileLease(this.#folder.temporaryPath(name));
    try {
      nodeFs().closeSync(this.#folder.createTemporaryFile(name));
    } catch (error) {
      if (errorCode(error) !== "EEXIST" || seenAt(lease.path) === "foreign") throw error;
      return undefined;
    }
    heartbeat.add(lease);
    return await Promise.resolve(lease);
  }

  /** Waits until nobody holds the lease of a key; see `Leases.wait`. */
  async wait(key: string, options?: StorageOptions): Promise<void> {
    assertKey(key);
    const pathOf = (): string => this.#folder.temporaryPath(this.#nameOf(key));
    await awaitRelease({
      look: () => {
        if (!this.#folder.hasTemporaries()) return undefined;
        const seen = seenAt(pathOf());
        return seen === "foreign" ? undefined : seen;
      },
      remove: ({ sign }) => {
        const path = pathOf();
        const seen = seenAt(path);
        // A successor who takes it between this look and the next line loses it: then two compute, at worst.
        if (typeof seen === "object" && seen.sign === sign) nodeFs().unlinkSync(path);
      },
    }, { signal: options?.signal, longestDelayMs: LONGEST_DELAY_MS });
  }

  #nameOf(key: string): string {
    return `${placeOf(key).name}${this.#suffix}.lease`;
  }
}

/** A lease that is held, until it is released or found to be taken over. */
class FileLease implements Lease {
  readonly path: string;
  /** When its last sign of life was given at the earliest, by the clock that only goes forward, … */
  #aliveAt = performance.now();
  /** … and by the one that files have. */
  #touchedAt = Date.now();

  constructor(path: string) {
    this.path = path;
  }

  /** Gives it back; see `Lease.release`. */
  async release(): Promise<void> {
    if (!heartbeat.delete(this)) return;
    try {
      if (this.#isOurs()) nodeFs().unlinkSync(this.path);
    } catch {
      // Gone, or not to be removed: without a sign of life it is over in some seconds.
    }
    await Promise.resolve();
  }

  /** Gives a sign of life. */
  beat(): void {
    try {
      if (!this.#isOurs()) return void heartbeat.delete(this);
      const aliveAt = performance.now();
      const now = new Date();
      nodeFs().lutimesSync(this.path, now, now);
      this.#aliveAt = aliveAt;
      this.#touchedAt = now.getTime();
    } catch {
      // The next one may succeed; if none does, somebody takes it over.
    }
  }

  /**
   * Whether nobody has taken it over: nobody can have, so soon after a sign of life (hence no look at the file on the
   * usual way), or the file is still as old as that sign. A successor's is younger, by as long as he waited.
   */
  #isOurs(): boolean {
    if (performance.now() - this.#aliveAt < SAFE_FOR_MS) return true;
    const file = nodeFs().lstatSync(this.path, { throwIfNoEntry: false });
    return file !== undefined && Math.abs(file.mtimeMs - this.#touchedAt) < TIME_GRAIN_MS;
  }
}

/** What stands in a lease's place; `"foreign"` when it is no file, and so nobody's lease. */
function seenAt(path: string): LeaseSight | "foreign" | undefined {
  const file = nodeFs().lstatSync(path, { throwIfNoEntry: false });
  if (file === undefined) return undefined;
  if (!file.isFile()) return "foreign";
  return { sign: `${file.ino} ${file.mtimeMs}`, isStale: Date.now() - file.mtimeMs > STALE_AFTER_MS };
}
