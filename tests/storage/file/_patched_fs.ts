/** Node's `fs` with some of its calls replaced for a while: what the file medium asks of the system is seen, or fails. */
import fs from "node:fs";

/** Runs `body` with these functions in place of the file system's own. */
export async function withPatchedFs(
  patch: Partial<typeof fs>,
  body: () => Promise<void> | void,
): Promise<void> {
  const original = { ...fs };
  Object.assign(fs, patch);
  try {
    await body();
  } finally {
    for (const name of Object.keys(patch)) Object.assign(fs, { [name]: Reflect.get(original, name) });
  }
}

/** An error as the system gives it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made by a test`), { code });
}

/** Follows what is synced and renamed, in order: paths relative to `root`, temporary files by the name `tmp`. */
export async function syncsOf(root: string, body: () => Promise<void> | void): Promise<string[]> {
  const { openSync, fsyncSync, fsync, renameSync, closeSync } = fs;
  const paths = new Map<number, string>();
  const calls: string[] = [];
  const named = (path: string): string => {
    const below = path === root
      ? "root"
      : path.startsWith(`${root}/`)
      ? path.slice(root.length + 1)
      : "above";
    return below.startsWith("v1/tmp/") ? "tmp" : below;
  };
  await withPatchedFs({
    openSync: (path, flags, mode) => {
      const fd = openSync(path, flags, mode);
      paths.set(fd, String(path));
      return fd;
    },
    closeSync: (fd) => {
      calls.push(...(named(paths.get(fd) ?? "") === "tmp" ? ["close tmp"] : []));
      paths.delete(fd);
      closeSync(fd);
    },
    fsyncSync: (fd) => {
      calls.push(`sync ${named(paths.get(fd) ?? "?")}`);
      fsyncSync(fd);
    },
    // `as`: Node's has a promisified form beside it.
    fsync: ((fd: number, callback: (error: NodeJS.ErrnoException | null) => void) => {
      calls.push(`sync later ${named(paths.get(fd) ?? "?")}`);
      fsync(fd, callback);
    }) as typeof fs.fsync,
    renameSync: (from, to) => {
      calls.push(`rename ${named(String(from))}`);
      renameSync(from, to);
    },
  }, body);
  return calls;
}
