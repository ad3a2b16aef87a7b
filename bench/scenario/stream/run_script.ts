/** Runs a script of this folder under the runtime that is measured. @module */
import type { Workplace } from "./workplace.ts";

/** What scripts are run by: program and options. */
export type Command = readonly string[];

/**
 * Gives back what it printed.
 *
 * @throws {Error} With what it complained of, when it failed; when the user interrupted.
 */
export async function runScript(
  command: Command,
  script: string,
  { args, workplace: { env, signal } }: { readonly args: readonly string[]; readonly workplace: Workplace },
): Promise<string> {
  const [program = "", ...options] = command;
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...options, new URL(script, import.meta.url).pathname, ...args],
    env: { ...env },
    signal,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  signal.throwIfAborted();
  if (code !== 0) {
    throw new Error(new TextDecoder().decode(stderr).trim() || `${script} ended with ${code}`);
  }
  return new TextDecoder().decode(stdout);
}
