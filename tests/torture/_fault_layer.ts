/**
 * A file layer that faults can be put into: stands in place of the functions of Node's `fs` (of the very object that `src`
 * takes), and of `Deno.mkdirSync`, for all paths below one folder. Counts the operations there, tells of each, and does
 * what it is told: kills the process, fails, or does half of it.
 *
 * `as` here: functions are taken and replaced by their names, and those of Deno are not typed in Bun.
 */
import fs from "node:fs";
import process from "node:process";

type Loose = (...args: unknown[]) => unknown;

/** One operation on a file or a folder below the root, about to be done. */
export interface Operation {
  /** Its number, from 1. */
  readonly at: number;
  /** What it is: `open`, `write`, `rename` …, whether it is synchronous or not. */
  readonly name: string;
  /** On what: the path that was given, or that of the open file. */
  readonly path: string;
  /** Of a rename or a link: the new path. */
  readonly to?: string;
  /** Of an operation on an open file: its descriptor. */
  readonly fd?: number;
  /** Of an `open`: its flags. */
  readonly flags?: unknown;
  /** Of a write: the bytes, … */
  readonly data?: Uint8Array;
  /** … and where they go: `undefined` when behind those before. */
  readonly position?: number;
}

/** What happens to an operation instead of what should. */
export type Fault =
  /** The process is killed: before it, after it, or (of a write, or of making folders) when half of it is done. */
  | { readonly kill: "before" | "half" | "after" }
  /** It fails with the code of a system error. */
  | { readonly code: string }
  /** A write or a read does half of what it was told to, as the system may at any time. */
  | { readonly short: true };

/** Told of operations. */
export interface Watcher {
  /** Before each; says what is to happen to it. */
  before?(operation: Operation): Fault | undefined;
  /** After each that did not fail; of one that is not synchronous, when it is done. */
  after?(operation: Operation, result: unknown): void;
}

/** Functions that take a path first. */
const ON_PATHS = [
  "open",
  "rename",
  "unlink",
  "link",
  "symlink",
  "mkdir",
  "rmdir",
  "rm",
  "readdir",
  "opendir",
  "lstat",
  "stat",
  "readFile",
  "utimes",
  "lutimes",
  "truncate",
  "exists",
  "statfs",
  "access",
  "realpath",
  "readlink",
  "chmod",
];

/** Functions that take a descriptor first. */
const ON_FILES = ["close", "read", "write", "fsync", "fdatasync", "fstat", "futimes", "ftruncate", "fchmod"];

const ERRNO: Readonly<Record<string, number>> = {
  EIO: 5,
  EACCES: 13,
  EXDEV: 18,
  EMFILE: 24,
  ENOSPC: 28,
  EROFS: 30,
  ENAMETOOLONG: 36,
};

/** Those that never come back: the death of the process is under way. */
export function killSelf(): never {
  process.kill(process.pid, "SIGKILL");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  throw new Error("Cannot be reached: the process was killed");
}

/** An error as the system gives it. */
export function systemError(code: string, name: string, path: string): Error {
  return Object.assign(new Error(`${code}: injected fault, ${name} '${path}'`), {
    code,
    errno: -(ERRNO[code] ?? 1),
    syscall: name,
    path,
  });
}

const isThere = fs.existsSync;

/** The uppermost folder that making all of them would make. */
function firstMissing(path: string): string {
  for (let end = path.indexOf("/", 1); end > 0; end = path.indexOf("/", end + 1)) {
    const above = path.slice(0, end);
    if (!isThere(above)) return above;
  }
  return path;
}

/**
 * Puts the layer in place.
 *
 * @param root What stands below it is watched; nothing else is.
 * @param counter Numbers the operations: shared with the database layer.
 * @returns What takes the layer away again.
 */
export function installFaultLayer(
  root: string,
  watcher: Watcher,
  counter: { count: number } = { count: 0 },
): () => void {
  const layer = fs as unknown as Record<string, Loose>;
  const originals = new Map<string, Loose>();
  const open = new Map<number, string>();
  const isWatched = (path: unknown): path is string => typeof path === "string" && path.startsWith(root);

  function replace(name: string, make: (original: Loose) => Loose): void {
    const original = layer[name];
    if (typeof original !== "function") return;
    originals.set(name, original);
    layer[name] = make(original.bind(fs));
  }

  function describe(name: string, args: readonly unknown[]): Operation | undefined {
    const [first, second, , , fifth] = args;
    if (typeof first === "number") {
      const path = open.get(first);
      if (path === undefined) return undefined;
      const operation = { at: ++counter.count, name, path, fd: first };
      if (name !== "write" || !(second instanceof Uint8Array)) return operation;
      const [, , offset = 0, length = second.length - Number(offset)] = args;
      const data = second.subarray(Number(offset), Number(offset) + Number(length));
      return typeof fifth === "number" ? { ...operation, data, position: fifth } : { ...operation, data };
    }
    if (!isWatched(first)) return undefined;
    const operation = { at: ++counter.count, name, path: first };
    if (name === "rename" || name === "link") return { ...operation, to: String(second) };
    return name === "open" ? { ...operation, flags: second } : operation;
  }

  function done(operation: Operation, result: unknown): void {
    if (operation.name === "open") open.set(Number(result), operation.path);
    watcher.after?.(operation, result);
  }

  /** The arguments of half of it, where it has halves. */
  function halved({ name }: Operation, args: readonly unknown[]): unknown[] | undefined {
    const [first, bytes] = args;
    if ((name !== "write" && name !== "read") || !(bytes instanceof Uint8Array)) return undefined;
    const [, , offset = 0, length = bytes.length - Number(offset), position = null] = args;
    return [first, bytes, offset, Math.max(1, Math.floor(Number(length) / 2)), position];
  }

  function synchronous(name: string, original: Loose): Loose {
    return (...args) => {
      const operation = describe(name, args);
      if (operation === undefined) return original(...args);
      if (name === "close") open.delete(Number(args[0]));
      const fault = watcher.before?.(operation);
      if (fault === undefined) {
        const result = original(...args);
        done(operation, result);
        return result;
      }
      if ("code" in fault) {
        // A descriptor is gone after its close, whatever that says.
        if (name === "close") original(...args);
        if (name === "exists") return false;
        throw systemError(fault.code, name, operation.path);
      }
      const half = halved(operation, args);
      if ("short" in fault) {
        const result = original(...half ?? args);
        done(operation, result);
        return result;
      }
      if (fault.kill === "half" && half !== undefined) original(...half);
      if (fault.kill === "half" && name === "mkdir") original(firstMissing(operation.path));
      if (fault.kill === "after") original(...args);
      return killSelf();
    };
  }

  function asynchronous(name: string, original: Loose): Loose {
    return (...args) => {
      const operation = describe(name, args);
      const callback = args.at(-1);
      if (operation === undefined || typeof callback !== "function") return original(...args);
      if (name === "close") open.delete(Number(args[0]));
      const fault = watcher.before?.(operation);
      const answer = (error: unknown, ...results: unknown[]): void => {
        if (error === null || error === undefined) done(operation, results[0]);
        callback(error, ...results);
      };
      const given = args.slice(0, -1);
      if (fault === undefined) return original(...given, answer);
      if ("code" in fault) {
        const fail = () => callback(systemError(fault.code, name, operation.path));
        if (name === "close") original(...given, fail);
        else queueMicrotask(fail);
        return;
      }
      const half = halved(operation, given);
      if ("short" in fault) return original(...half ?? given, answer);
      if (fault.kill === "after") return original(...given, killSelf);
      if (fault.kill === "half" && half !== undefined) return original(...half, killSelf);
      killSelf();
    };
  }

  for (const name of [...ON_PATHS, ...ON_FILES]) {
    replace(`${name}Sync`, (original) => synchronous(name, original));
    if (name !== "exists") replace(name, (original) => asynchronous(name, original));
  }
  // Three operations, any of which may be the last.
  replace("writeFileSync", (original) => (path, data, options) => {
    if (!isWatched(path)) return original(path, data, options);
    const flag = (options as { flag?: string } | undefined)?.flag ?? "w";
    const fd = fs.openSync(path, flag);
    try {
      fs.writeSync(fd, typeof data === "string" ? new TextEncoder().encode(data) : data as Uint8Array);
    } finally {
      fs.closeSync(fd);
    }
  });

  const deno = (globalThis as { Deno?: { mkdirSync: Loose } }).Deno;
  const denoMkdir = deno?.mkdirSync;
  if (deno !== undefined && denoMkdir !== undefined) deno.mkdirSync = synchronous("mkdir", denoMkdir);

  return () => {
    for (const [name, original] of originals) layer[name] = original;
    if (deno !== undefined && denoMkdir !== undefined) deno.mkdirSync = denoMkdir;
  };
}
