/**
 * A result that is a stream, longer than one would hold in memory: how fast it is kept and given back, when its first
 * byte is there, and how much memory that takes. Runs within `run.ts`, which is Deno, for either runtime.
 *
 * @module
 */
import type { Group } from "../../harness/figures.ts";
import { memoryGroups } from "./memory_groups.ts";
import type { Command } from "./run_script.ts";
import { speedGroups } from "./speed_groups.ts";
import { inWorkplace } from "./workplace.ts";

/** Of what is longer a round takes minutes. */
const LONG_BYTES = 2 ** 31;

/**
 * Measures streams of one size.
 *
 * @param command How the runtime runs a file: program and options.
 * @param options The size, and the folder that streams are kept below while they are measured.
 */
export async function measureStream(
  command: Command,
  { sizeBytes, parent }: { readonly sizeBytes: number; readonly parent: string },
): Promise<Group[]> {
  const rounds = sizeBytes > LONG_BYTES ? 3 : 5;
  return await inWorkplace({ parent, neededBytes: 3 * sizeBytes + 2 ** 30 }, async (workplace) => [
    ...await speedGroups(command, { sizeBytes, rounds, workplace }),
    ...await memoryGroups(command, { sizeBytes, rounds, workplace }),
  ]);
}
