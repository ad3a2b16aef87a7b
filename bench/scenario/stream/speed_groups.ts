/** How long everybody takes: `speed.ts`, run once for streams that cannot be compressed and once for text. @module */
import type { Group } from "../../harness/figures.ts";
import { type Command, runScript } from "./run_script.ts";
import { sizeId, sizeText } from "./sizes.ts";
import type { Content } from "./source.ts";
import type { Workplace } from "./workplace.ts";

/** gzip is slow: an eighth of the size is long enough. */
const GZIP_PART = 8;

const titles: Readonly<Record<Content, Readonly<Record<string, string>>>> = {
  noise: {
    "put": "Put, read by the caller",
    "hit": "Hit, read to its end",
    "first-byte": "Hit, the first bytes",
  },
  text: { "put": "Put through gzip, read by the caller", "hit": "Hit through gzip, read to its end" },
};

/** Measures puts, hits and first bytes in turns within one process. */
export async function speedGroups(
  command: Command,
  { sizeBytes, rounds, workplace }: {
    readonly sizeBytes: number;
    readonly rounds: number;
    readonly workplace: Workplace;
  },
): Promise<Group[]> {
  const groups: Group[] = [];
  for (const content of ["noise", "text"] as const) {
    const bytes = content === "text" ? sizeBytes / GZIP_PART : sizeBytes;
    const file = `${workplace.directory}/figures.json`;
    await runScript(command, "speed.ts", {
      args: [file, content, String(bytes), String(rounds), workplace.directory],
      workplace,
    });
    for (const group of JSON.parse(await Deno.readTextFile(file)) as Group[]) {
      const title = titles[content][group.id];
      if (title === undefined) continue;
      const id = content === "text" ? `gzip-${group.id}` : group.id;
      groups.push({
        ...group,
        id: `stream/${sizeId(sizeBytes)}/${id}`,
        title: `${title}: a stream of ${sizeText(bytes)}`,
        rounds,
      });
    }
  }
  return groups;
}
