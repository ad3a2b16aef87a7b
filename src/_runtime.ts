/**
 * The seam between the module and its runtimes: what Deno and Bun offer under different names, asked for lazily and
 * never with a permission prompt. Nothing else in `src` says `Deno`, `Bun` or `process`.
 *
 * Built-in Node modules come through {@linkcode builtin} and not through `import`: a static `import "node:fs"` costs
 * Deno 20 to 40 ms at start-up, which nobody should pay before the first cached call.
 *
 * @module
 */

// `as` here: the global namespaces of the two runtimes are not typed in each other's.

interface BuiltinModules {
  "node:async_hooks": typeof import("node:async_hooks");
  "node:buffer": typeof import("node:buffer");
  "node:crypto": typeof import("node:crypto");
  "node:diagnostics_channel": typeof import("node:diagnostics_channel");
  "node:fs": typeof import("node:fs");
  "node:os": typeof import("node:os");
  "node:path": typeof import("node:path");
  "node:timers": typeof import("node:timers");
  "node:url": typeof import("node:url");
  "node:util": typeof import("node:util");
  "node:zlib": typeof import("node:zlib");
}

interface DenoLike {
  readonly version: { readonly deno: string };
  readonly build: { readonly os: string };
  readonly env: { get(name: string): string | undefined };
  readonly noColor: boolean;
  readonly stderr: { isTerminal(): boolean; writeSync(bytes: Uint8Array): number };
  consoleSize(): { readonly columns: number; readonly rows: number };
  readTextFileSync(path: string): string;
  mkdirSync(path: string, options: { readonly recursive: boolean }): void;
  readonly permissions: {
    querySync(descriptor: object): { readonly state: "granted" | "prompt" | "denied" };
  };
  unrefTimer(id: number): void;
}

interface ProcessLike {
  readonly platform: string;
  readonly arch: string;
  readonly pid: number;
  readonly env: Record<string, string | undefined>;
  readonly stderr: { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  cwd(): string;
  getBuiltinModule<K extends keyof BuiltinModules>(name: K): BuiltinModules[K] | undefined;
  cpuUsage(): { user: number; system: number };
}

const deno: DenoLike | undefined = (globalThis as { Deno?: DenoLike }).Deno;

/** Node's `process`, touched on call only: the mere access costs Deno some 20 ms. */
export function nodeProcess(): ProcessLike {
  return (globalThis as unknown as { process: ProcessLike }).process;
}

/**
 * A built-in module of Node's, synchronously and on demand.
 *
 * @throws {TypeError} When the runtime does not have it.
 */
export function builtin<K extends keyof BuiltinModules>(name: K): BuiltinModules[K] {
  const found = nodeProcess()?.getBuiltinModule?.(name);
  if (found === undefined) throw new TypeError(`Cannot load "${name}": this runtime does not have it`);
  return found;
}

/** Which runtime this is. */
export function runtimeName(): "deno" | "bun" | "node" {
  if (deno !== undefined) return "deno";
  return (globalThis as { Bun?: unknown }).Bun !== undefined ? "bun" : "node";
}

/** The runtime's own version, as `2.9.6`. */
export function runtimeVersion(): string {
  if (deno !== undefined) return deno.version.deno;
  const bun = (globalThis as { Bun?: { version: string } }).Bun;
  return bun?.version ?? (nodeProcess() as unknown as { version: string }).version.replace(/^v/, "");
}

/**
 * Has garbage collected, soon: for memory that no runtime knows of because it hangs, outside of the heap, on small objects.
 */
export function collectGarbage(): void {
  const bun = (globalThis as { Bun?: { gc(force: boolean): void } }).Bun;
  // V8 collects when that much was allocated outside of its heap. Nobody touches the pages, so none is made.
  if (bun === undefined) new ArrayBuffer(64 * 1024 * 1024);
  else bun.gc(true);
}

/** Whether paths are Windows paths. */
export function isWindows(): boolean {
  return deno !== undefined ? deno.build.os === "windows" : nodeProcess().platform === "win32";
}

/** What a permission is asked for; the names are Deno's. */
export type PermissionName = "read" | "write" | "env" | "sys" | "ffi";

/**
 * Whether something is allowed without asking the user: Deno would otherwise prompt in the middle of a call.
 * Always true where the runtime has no permissions.
 *
 * @param name Kind of access.
 * @param scope The path, the variable or the system call's name that is wanted; everything of that kind where absent.
 */
export function isPermitted(name: PermissionName, scope?: string): boolean {
  if (deno === undefined) return true;
  const key = name === "env" ? "variable" : name === "sys" ? "kind" : "path";
  try {
    const descriptor = scope === undefined ? { name } : { name, [key]: scope };
    return deno.permissions.querySync(descriptor).state === "granted";
  } catch {
    return false;
  }
}

/** An environment variable; `undefined` when it is unset or may not be read. */
export function environmentVariable(name: string): string | undefined {
  if (!isPermitted("env", name)) return undefined;
  return deno !== undefined ? deno.env.get(name) : nodeProcess().env[name];
}

/** Whether the user wants no colours (`NO_COLOR`), which Deno says without a permission as well. */
export function isColorUnwanted(): boolean {
  if (deno !== undefined && !isPermitted("env", "NO_COLOR")) return deno.noColor;
  return (environmentVariable("NO_COLOR") ?? "") !== "";
}

/** Standard error, and the terminal that it may be. */
export interface StandardError {
  readonly isTTY: boolean;
  /** The terminal's size as it is now; `undefined` when it is unknown. */
  readonly columns: number | undefined;
  readonly rows: number | undefined;
  write(text: string): void;
}

/**
 * Standard error, written synchronously: what fails, such as a terminal that was closed, is thrown to the caller.
 * `process.stderr` would emit an `error` event instead, which ends the process when nobody listens.
 */
export function standardError(): StandardError {
  if (deno === undefined) {
    const { stderr } = nodeProcess();
    const { writeSync } = builtin("node:fs");
    return {
      isTTY: stderr.isTTY === true,
      get columns() {
        return stderr.columns;
      },
      get rows() {
        return stderr.rows;
      },
      write: (text) => writeAll(text, (bytes) => writeSync(2, bytes)),
    };
  }
  const runtime = deno;
  const size = (): { readonly columns?: number; readonly rows?: number } => {
    try {
      return runtime.consoleSize();
    } catch {
      return {};
    }
  };
  return {
    isTTY: runtime.stderr.isTerminal(),
    get columns() {
      return size().columns;
    },
    get rows() {
      return size().rows;
    },
    write: (text) => writeAll(text, (bytes) => runtime.stderr.writeSync(bytes)),
  };
}

function writeAll(text: string, write: (bytes: Uint8Array) => number): void {
  const bytes = new TextEncoder().encode(text);
  for (let done = 0; done < bytes.length;) done += write(bytes.subarray(done));
}

/** The working directory; `undefined` when it may not be read. */
export function workingDirectory(): string | undefined {
  try {
    return nodeProcess().cwd();
  } catch {
    return undefined;
  }
}

/**
 * A small text file's content, synchronously; `undefined` when it is not there or may not be read. Deno's own call
 * here: it takes 0.1 ms where loading node:fs takes some 25.
 */
export function readTextIfThere(path: string): string | undefined {
  if (!isPermitted("read", path)) return undefined;
  try {
    return deno !== undefined ? deno.readTextFileSync(path) : builtin("node:fs").readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * Makes a folder and the folders above it that are missing. Deno's own call asks for permission to write the folder; its
 * `node:fs` would also read every folder above that is missing, and ask the user for that.
 *
 * @param path Absolute path of the folder.
 * @throws The runtime's own error, with its `code`.
 */
export function makeFolders(path: string): void {
  if (deno !== undefined) deno.mkdirSync(path, { recursive: true });
  else builtin("node:fs").mkdirSync(path, { recursive: true });
}

/**
 * Calls `tick` again and again, without keeping the process alive for it.
 *
 * @returns What stops it.
 */
export function everyUnref(intervalMs: number, tick: () => void): () => void {
  const timer: unknown = setInterval(tick, intervalMs);
  // A number where timers are the web's (older Deno), Node's object elsewhere.
  if (typeof timer === "number") deno?.unrefTimer(timer);
  else (timer as { unref(): void }).unref();
  return () => clearInterval(timer as number);
}
