/**
 * Where a function was made cached: the module half of its identity. The caller, taken from the stack when `fleche()` ran
 * (`capture_caller.ts`), becomes a portable path when it is first wanted, since files may need to be read for it.
 *
 * @module
 */

// `as` here: JSON is read as whatever it is and checked.

import { loadCode } from "../_load.ts";
import { dirname } from "@std/path/posix/dirname";
import { fromFileUrl as fromPosixUrl } from "@std/path/posix/from-file-url";
import { fromFileUrl as fromWindowsUrl } from "@std/path/windows/from-file-url";
import { isPermitted, isWindows, readTextIfThere } from "../_runtime.ts";
import { isAbsolutePath } from "./capture_caller.ts";

/**
 * A caller as it goes into keys: the same on every machine and under every runtime.
 *
 * A file is given relative to the nearest folder upwards that has a deno.json, deno.jsonc, package.json or .git, with
 * the name from that manifest in front: `@scope/name/src/area.ts`. Without a name it is the relative path alone, and
 * where the folders may not be read (Deno's permissions; nobody is asked) the file's own name. Web and registry
 * addresses stay, without query and fragment. Results are kept per folder.
 *
 * @param caller What `captureCaller` gave.
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
  const { parse } = await loadCode(() => import("@std/jsonc"));
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
