/** What tests must know of the runtime that they run under. */

/** The command line prefix that runs a TypeScript file in a new process of this very runtime. */
export const runtimeCommand: readonly string[] = "Deno" in globalThis
  ? [process.execPath, "run", "-A", "--no-check", "--no-prompt"]
  : [process.execPath, "run"];

/** Whether the tests run under Deno. */
export const isDeno: boolean = "Deno" in globalThis;
