/** What tests must know of the runtimes: the one that they run under, and the other one. */
import { spawnSync } from "node:child_process";
import process from "node:process";

/** Whether the tests run under Deno. */
export const isDeno: boolean = "Deno" in globalThis;

const ARGUMENTS = { deno: ["run", "-A", "--no-check", "--no-prompt"], bun: ["run"] };

/** The command line prefix that runs a TypeScript file in a new process of this very runtime. */
export const runtimeCommand: readonly string[] = [process.execPath, ...ARGUMENTS[isDeno ? "deno" : "bun"]];

function findOther(): readonly string[] | undefined {
  const name = isDeno ? "bun" : "deno";
  // Set by `deno task test`, which knows both even where neither is on the PATH.
  const program = process.env[`FLECHE_TEST_${name.toUpperCase()}`] ?? name;
  return spawnSync(program, ["--version"]).status === 0 ? [program, ...ARGUMENTS[name]] : undefined;
}

/** The same for the other runtime; `undefined` where it is not there. */
export const otherRuntimeCommand: readonly string[] | undefined = findOther();

/** For the `skip` option of tests that need both. */
export const needsBoth: string | false = otherRuntimeCommand === undefined
  ? `needs ${isDeno ? "Bun" : "Deno"} as well`
  : false;
