/** Opens the contestants of a group, each in a directory of its own, and lets go of them. @module */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CacheContestant, Cached, Work } from "../contestants/contract.ts";
import type { Group } from "./figures.ts";

/** A contestant with its open cache and a count of what it really computed. */
export interface Opened {
  readonly contestant: CacheContestant;
  readonly cached: Cached;
  /** How often the function ran. */
  computed(): number;
}

/** Why a contestant could not be opened, in one line without paths. */
function reason(error: unknown, directory: string): string {
  const [line = ""] = String(error instanceof Error ? error.message : error).split("\n");
  return line.replaceAll(directory, "…");
}

/**
 * Opens contestants, and closes and removes all after `body`. One that cannot be opened (a package that does not
 * load under this runtime) is reported as absent; the others are measured.
 */
export async function withOpened<T>(
  contestants: readonly CacheContestant[],
  work: Work,
  body: (opened: readonly Opened[], absent: Group["absent"]) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "fleche-bench-"));
  const opened: Opened[] = [];
  const absent: Group["absent"][number][] = [];
  try {
    for (const contestant of contestants) {
      let count = 0;
      const counted: Work = (argument) => {
        count++;
        return work(argument);
      };
      const own = join(directory, contestant.id);
      mkdirSync(own);
      try {
        opened.push({ contestant, cached: await contestant.open(own, counted), computed: () => count });
      } catch (error) {
        absent.push({ id: contestant.id, label: contestant.label, reason: reason(error, directory) });
      }
    }
    return await body(opened, absent);
  } finally {
    for (const { cached } of opened) await cached.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
