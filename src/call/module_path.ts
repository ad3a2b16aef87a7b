/**
 * Where a function was made cached: the module half of its identity. The caller is taken from the stack when
 * `fleche()` runs; the portable path, which may need files to be read, is found when it is first wanted.
 *
 * @module
 */

// `as` here: the stack interface of V8, which both runtimes have, is in no standard library's types; JSON is read as
// whatever it is and checked.

import { dirname } from "@std/path/posix/dirname";
import { fromFileUrl as fromPosixUrl } from "@std/path/posix/from-file-url";
import { fromFileUrl as fromWindowsUrl } from "@std/path/windows/from-file-url";
import { isPermitted, isWindows, readTextIfThere, runtimeName } from "../_runtime.ts";

interface Frame {
  getFileName?(): string | null | undefined;
  getScriptNameOrSourceURL?(): string | null | undefined;
  isAsync?(): boolean;
  isEval?(): boolean;
}

interface TracingError {
  captureStackTrace(holder: object, below: unknown): void;
  prepareStackTrace?: unknown;
  stackTraceLimit?: unknown;
}

/** Frames that are looked at: beyond the caller itself only built-in functions and field initialisers are passed over. */
const MOST_FRAMES = 12;

/**
 * The file of the first stack frame beneath a function that is running: who called it.
 *
 * Call it while `below` runs, and not as the last thing that `below` does: Bun (JavaScriptCore) drops the frames of
 * strict functions from which a call returns directly. For the same reason a helper that only says
 * `return fleche(fn)` is not on Bun's stack, and its own caller is found instead.
 *
 * @param below The function whose caller is wanted.
 * @returns A `file:` or `https:` URL or an absolute path, for {@linkcode portableModule}; `undefined` when the caller
 * is no file: evaluated code, a `data:` or `blob:` module, the command line, a timer.
 */
export function captureCaller(below: (...args: never[]) => unknown): string | undefined {
  const tracing = Error as unknown as TracingError;
  const { prepareStackTrace, stackTraceLimit } = tracing;
  try {
    // Structured frames: text would have to be taken apart, and a user's own `prepareStackTrace` may print anything.
    // By assignment: Bun does not see the property when it is defined.
    tracing.prepareStackTrace = (_error: unknown, frames: unknown) => frames;
    tracing.stackTraceLimit = MOST_FRAMES;
    const holder: { readonly stack?: unknown } = {};
    tracing.captureStackTrace(holder, below);
    return callerOf(framesOf(holder.stack));
  } catch {
    // A frozen Error, or a frame that will not be read.
    return undefined;
  } finally {
    Reflect.set(tracing, "prepareStackTrace", prepareStackTrace);
    Reflect.set(tracing, "stackTraceLimit", stackTraceLimit);
  }
}

/** Structured frames; from text where somebody has deleted `Error.prepareStackTrace`, after which Bun asks it no more. */
function framesOf(stack: unknown): readonly Frame[] {
  if (Array.isArray(stack)) return stack as Frame[];
  return String(stack).split("\n").flatMap((line) => {
    const [, source] = /^\s*at (?:.*?\((?=\/|\w+:|\\\\))?((?:\/|\w+:|\\\\).*?)(?::\d+){0,2}\)?$/.exec(line) ??
      [];
    return source === undefined
      ? []
      : [{ getFileName: () => source, isEval: () => line.includes("(eval at ") }];
  });
}

function callerOf(frames: readonly Frame[]): string | undefined {
  for (const frame of frames) {
    // Where an async function was awaited is no call; Bun does not list it.
    if (frame.isAsync?.() === true) continue;
    if (frame.isEval?.() === true) return undefined;
    const source = frame.getScriptNameOrSourceURL?.() ?? frame.getFileName?.() ?? "";
    // Bun gives modules by path; what it gives by URL was made by `new Function` there.
    if (source.startsWith("file:") && runtimeName() === "bun") return undefined;
    if (/^(file|https?|jsr|npm):/.test(source) || isAbsolutePath(source)) return source;
    // Named otherwise: code of a kind that has no place. Not named: built-in functions and field initialisers.
    if (/^(data|blob):/.test(source) || source === "[eval]") return undefined;
  }
  return undefined;
}

function isAbsolutePath(source: string): boolean {
  return /^(\/|\\\\|[A-Za-z]:[\\/])/.test(source);
}

/**
 * A caller as it goes into keys: the same on every machine and under every runtime.
 *
 * A file is given relative to the nearest folder upwards that has a deno.json, deno.jsonc, package.json or .git, with
 * the name from that manifest in front: `@scope/name/src/area.ts`. Without a name it is the relative path alone, and
 * where the folders may not be read (Deno's permissions; nobody is asked) the file's own name. Web and registry
 * addresses stay, without query and fragment. Results are kept per folder.
 *
 * @param caller What {@linkcode captureCaller} gave.
 * @returns The portable path, with `/` between its parts; `undefined` for what is no file. A promise only when a
 * manifest with comments has to be read.
 */
export function portableModule(caller: string | undefined): string | undefined | Promise<string | undefined> {
  if (caller === undefined) return undefined;
  if (/^(https?|jsr|npm):/.test(caller)) return caller.replace(/[?#].*$/s, "");
  const path = pathOf(caller);
  if (path === undefined || /(^|\/)(\[(eval|stdin)\d*\]|\$deno\$[^/]*)$/.test(path)) return undefined;
  const project = projectOf(dirname(path));
  return project instanceof Promise ? project.then((found) => within(found, path)) : within(project, path);
}

/** An absolute path with `/` between its parts. */
function pathOf(caller: string): string | undefined {
  if (caller.startsWith("file:")) {
    const url = caller.replace(/[?#].*$/s, "");
    return isWindows() ? slashed(fromWindowsUrl(url)) : fromPosixUrl(url);
  }
  if (!isAbsolutePath(caller)) return undefined;
  // Bun keeps the query of `import("./module.ts?v=2")` in some paths.
  const path = caller.replace(/(\.[cm]?[jt]sx?)\?.*$/s, "$1");
  return path.startsWith("/") ? path : slashed(path);
}

function slashed(path: string): string {
  return path.replaceAll("\\", "/");
}

/** The folder that paths are relative to, and the name to put in front. */
interface Project {
  readonly folder: string;
  readonly name: string | undefined;
}

function within(project: Project | undefined, path: string): string {
  if (project === undefined) return path.slice(path.lastIndexOf("/") + 1);
  const relative = path.slice(project.folder.replace(/\/$/, "").length + 1);
  return project.name === undefined ? relative : `${project.name}/${relative}`;
}

const projects = new Map<string, Project | undefined | Promise<Project | undefined>>();

function projectOf(folder: string): Project | undefined | Promise<Project | undefined> {
  if (projects.has(folder)) return projects.get(folder);
  const found = findProject(folder);
  projects.set(folder, found);
  return found;
}

function findProject(folder: string): Project | undefined | Promise<Project | undefined> {
  const below = folder.endsWith("/") ? folder : `${folder}/`;
  const manifests: string[] = [];
  for (const file of ["deno.json", "deno.jsonc", "package.json"]) {
    // Above what may be read there may be a nearer manifest than the next one: no guessing.
    if (!isPermitted("read", below + file)) return undefined;
    const manifest = readTextIfThere(below + file);
    if (manifest !== undefined) manifests.push(manifest);
  }
  // A package may hold nameless manifests that only say how its files are loaded.
  const inPackage = below.includes("/node_modules/");
  const isRoot = manifests.length > 0 || !inPackage && isRepository(below);
  const parent = dirname(folder);
  const above = () => parent === folder || parent === "." ? undefined : projectOf(parent);
  if (!isRoot) return above();
  const name = firstName(manifests);
  const decide = (name: string | undefined) => name === undefined && inPackage ? above() : { folder, name };
  return name instanceof Promise ? name.then(decide) : decide(name);
}

/** Whether there is a repository, or the file that stands for one in a work tree. */
function isRepository(below: string): boolean {
  return readTextIfThere(`${below}.git/HEAD`) !== undefined || readTextIfThere(`${below}.git`) !== undefined;
}

/** The first manifest's name that there is; a promise when one of them is JSON with comments. */
function firstName(manifests: readonly string[]): string | undefined | Promise<string | undefined> {
  for (const [index, manifest] of manifests.entries()) {
    let data: unknown;
    try {
      data = JSON.parse(manifest);
    } catch {
      return firstNameWithComments(manifests.slice(index));
    }
    const name = nameIn(data);
    if (name !== undefined) return name;
  }
  return undefined;
}

async function firstNameWithComments(manifests: readonly string[]): Promise<string | undefined> {
  const { parse } = await import("@std/jsonc");
  for (const manifest of manifests) {
    try {
      const name = nameIn(parse(manifest));
      if (name !== undefined) return name;
    } catch {
      // Not readable as a manifest at all: as if it had no name.
    }
  }
  return undefined;
}

function nameIn(manifest: unknown): string | undefined {
  if (typeof manifest !== "object" || manifest === null || !Object.hasOwn(manifest, "name")) return undefined;
  const name = (manifest as { readonly name: unknown }).name;
  return typeof name === "string" && name !== "" ? name : undefined;
}
