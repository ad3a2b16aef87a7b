/**
 * Which function a result came from, spelt out beside the key, which is only a digest of it.
 *
 * @module
 */

import type { CallInfoInput, JsonObject, Metadata } from "./types.ts";

/**
 * Records the function's identity, in the namespace `callinfo`.
 *
 * | field | is |
 * | --- | --- |
 * | `name` | name of the function |
 * | `module` | its module, `null` where it has none |
 * | `version` | the version given to `fleche()`, `null` where none was |
 *
 * Needs no permission.
 *
 * @example What is recorded of a call
 * ```ts
 * import { CallInfo } from "@fleche/fleche";
 *
 * const entry = new CallInfo().before({ name: "area", module: "shapes.ts", version: 2, key: "c0ffee" });
 * console.assert(entry.name === "area" && entry.module === "shapes.ts" && entry.version === 2);
 * ```
 */
export class CallInfo implements Metadata {
  /** Always `"callinfo"`. */
  readonly name: "callinfo" = "callinfo";

  /**
   * Writes down the identity.
   *
   * @param call The call.
   * @returns The entry.
   */
  before(call: CallInfoInput): JsonObject {
    return { name: call.name, module: call.module ?? null, version: call.version ?? null };
  }
}
