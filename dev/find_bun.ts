/**
 * Where Bun is, on machines that have it and on machines that have npm only.
 *
 * @module
 */

/** A Bun that was found. */
export interface Bun {
  /** Its executable. */
  readonly path: string;
  /** Its version, as `1.4.5`. */
  readonly version: string;
}

/** Looks for a Bun of 1.4 or later: the one on the PATH, else npm's package, which npx gets on first use. */
export async function findBun(): Promise<Bun | undefined> {
  const tell = "console.log(Bun.version, process.execPath)";
  for (const command of [["bun"], ["npx", "-y", "bun@1.4.5"]]) {
    const [program = "", ...args] = command;
    try {
      const { code, stdout } = await new Deno.Command(program, { args: [...args, "-e", tell], stdin: "null" })
        .output();
      const [, version = "", path = ""] = /^(\d+\.\d+\S*) (.+)$/m.exec(new TextDecoder().decode(stdout)) ??
        [];
      const [major = 0, minor = 0] = version.split(".").map(Number);
      if (code === 0 && (major > 1 || (major === 1 && minor >= 4))) return { path, version };
    } catch {
      // Not there: try the next.
    }
  }
  return undefined;
}
