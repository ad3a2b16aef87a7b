/**
 * The registry of metadata classes that a configuration may name: the one place that knows them.
 *
 * @module
 */

import { CallInfo } from "../metadata/call_info.ts";
import { Environment } from "../metadata/environment.ts";
import { Git } from "../metadata/git.ts";
import { Runtime } from "../metadata/runtime.ts";
import type { Metadata } from "../metadata/types.ts";

/** The chain where nothing is said. */
export const DEFAULT_METADATA: readonly string[] = ["Runtime", "CallInfo"];

/** `Tags` is not among them: it needs arguments, which `tags()` takes in code. */
const metadataTypes = new Map<string, () => Metadata>([
  ["Runtime", () => new Runtime()],
  ["CallInfo", () => new CallInfo()],
  ["Environment", () => new Environment()],
  ["Git", () => new Git()],
]);

/**
 * Makes a metadata class known to configurations, under a name.
 *
 * Call it before the configuration is first used: names are checked when it is read.
 *
 * @param name The name that stands in `[default] metadata`; in PascalCase, as the class has it.
 * @param create Makes one; called when a chain is put together.
 * @throws {TypeError} When the name is taken or is not a name.
 *
 * @example A class of one's own
 * ```ts
 * import { registerMetadata } from "@fleche/fleche";
 *
 * registerMetadata("Region", () => ({ name: "region", before: () => ({ zone: "eu-west-1" }) }));
 * // [default] metadata = ["Runtime", "Region"]
 * ```
 */
export function registerMetadata(name: string, create: () => Metadata): void {
  if (typeof name !== "string" || !/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
    throw new TypeError(
      `Cannot register metadata ${JSON.stringify(name)}: expected a name of letters, digits and "_"`,
    );
  }
  if (name === "Tags" || metadataTypes.has(name)) {
    throw new TypeError(`Cannot register metadata "${name}": the name is taken`);
  }
  if (typeof create !== "function") {
    throw new TypeError(`Cannot register metadata "${name}": expected a function that makes one`);
  }
  metadataTypes.set(name, create);
}

/** The names that a configuration may give, in alphabetical order. */
export function metadataNames(): readonly string[] {
  return [...metadataTypes.keys()].sort();
}

/**
 * Makes a metadata object.
 *
 * @param name As `Settings.default.metadata` has it.
 * @throws {TypeError} When the name is not registered.
 */
export function createMetadata(name: string): Metadata {
  const create = metadataTypes.get(name);
  if (create === undefined) throw new TypeError(`Cannot make metadata "${name}": the name is not registered`);
  return create();
}
