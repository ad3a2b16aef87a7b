/** The folder that everything of a run lies in: there is room for it, and it goes away with the run. @module */
import { statfs } from "node:fs/promises";
import { sizeText } from "./sizes.ts";

/** @throws {Error} When there is not enough free space. */
async function assertSpace(parent: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(parent);
  if (bavail * bsize >= neededBytes) return;
  const free = Math.floor((bavail * bsize) / 2 ** 20) * 2 ** 20;
  throw new Error(
    `Cannot measure streams in "${parent}": ${sizeText(free)} are free, ${sizeText(neededBytes)} needed; ` +
      "choose another folder with --dir, or less with --size",
  );
}

/** Where Deno keeps its own: all but the Web Cache, which shall lie with everything else. */
async function linkDenoDir(target: string): Promise<void> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string };
  await Deno.mkdir(target);
  for await (const { name, isDirectory } of Deno.readDir(denoDir)) {
    if (isDirectory && name !== "location_data") {
      await Deno.symlink(`${denoDir}/${name}`, `${target}/${name}`);
    }
  }
}

/** A folder, and what the processes that work in it need in their environment. */
export interface Workplace {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** Ends those processes when the user interrupts. */
  readonly signal: AbortSignal;
}

/**
 * Makes a folder below `parent` and removes it after `body`, also when that fails or the user interrupts.
 *
 * @throws {Error} When `parent` has not so much free space.
 */
export async function inWorkplace<T>(
  { parent, neededBytes }: { readonly parent: string; readonly neededBytes: number },
  body: (workplace: Workplace) => Promise<T>,
): Promise<T> {
  await assertSpace(parent, neededBytes);
  const directory = await Deno.makeTempDir({ dir: parent, prefix: "fleche-bench-stream-" });
  const controller = new AbortController();
  const interrupted = () => controller.abort(new Error("Interrupted"));
  Deno.addSignalListener("SIGINT", interrupted);
  Deno.addSignalListener("SIGTERM", interrupted);
  try {
    const denoDir = `${directory}/deno`;
    await linkDenoDir(denoDir);
    const env = { NO_COLOR: "1", TMPDIR: directory, DENO_DIR: denoDir };
    return await body({ directory, env, signal: controller.signal });
  } finally {
    Deno.removeSignalListener("SIGINT", interrupted);
    Deno.removeSignalListener("SIGTERM", interrupted);
    await Deno.remove(directory, { recursive: true });
  }
}
