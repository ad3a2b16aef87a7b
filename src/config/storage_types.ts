/**
 * The registry of storage types that a configuration may name: the one place that knows them all, and the options of
 * each as data.
 *
 * @module
 */

import { BagOfHoldingH5File } from "../storage/bag_of_holding_h5_file.ts";
import { CborFile } from "../storage/cbor_file.ts";
import { CloudpickleFile } from "../storage/cloudpickle_file.ts";
import { CompressedStorage } from "../storage/compressed_storage.ts";
import { compressions } from "../storage/compression/compression.ts";
import { DillFile } from "../storage/dill_file.ts";
import { Memory } from "../storage/memory.ts";
import { PickleFile } from "../storage/pickle_file.ts";
import { parseSqlUrl, withoutSecrets } from "../storage/sql/parse_sql_url.ts";
import { Sql } from "../storage/sql.ts";
import { pathFault } from "./paths.ts";
import type { StorageType, StorageTypeOptions } from "./types.ts";

/** What every file storage takes. */
const ROOT = { root: { kind: "path", required: true } } as const;

/** What the storages take that can hold code. */
const ROOT_AND_TRUST = { ...ROOT, trust_code: { kind: "boolean" } } as const;

const storageTypes = new Map<string, StorageType>([
  [
    "Memory",
    storageType({
      options: { max_bytes: { kind: "integer", check: (value) => atLeastOne(value, "an integer") } },
      open: ({ max_bytes: maxBytes }) => new Memory(maxBytes === undefined ? {} : { maxBytes }),
    }),
  ],
  [
    "CborFile",
    storageType({ options: ROOT, open: ({ root }, { durability }) => new CborFile({ root, durability }) }),
  ],
  [
    "PickleFile",
    storageType({ options: ROOT, open: ({ root }, { durability }) => new PickleFile({ root, durability }) }),
  ],
  [
    "CloudpickleFile",
    storageType({
      options: ROOT_AND_TRUST,
      open: ({ root, trust_code = false }, { durability }) =>
        new CloudpickleFile({ root, durability, trustCode: trust_code }),
    }),
  ],
  [
    "DillFile",
    storageType({
      options: ROOT_AND_TRUST,
      open: ({ root, trust_code = false }, { durability }) =>
        new DillFile({ root, durability, trustCode: trust_code }),
    }),
  ],
  [
    "BagOfHoldingH5File",
    storageType({
      options: { ...ROOT, bagofholding_version: { kind: "string" } },
      open: ({ root, bagofholding_version: version }, { durability }) =>
        new BagOfHoldingH5File({
          root,
          durability,
          ...(version === undefined ? {} : { bagofholdingVersion: version }),
        }),
    }),
  ],
  [
    "CompressedStorage",
    storageType({
      options: {
        compression: { kind: "string", required: true, oneOf: compressions },
        inner: { kind: "storage", required: true },
        max_ratio: { kind: "number", check: (value) => atLeastOne(value, "a number") },
      },
      open: ({ compression, inner, max_ratio: maxRatio }) =>
        new CompressedStorage({ compression, inner, ...(maxRatio === undefined ? {} : { maxRatio }) }),
    }),
  ],
  [
    "Sql",
    storageType({
      options: {
        url: {
          kind: "string",
          required: true,
          check: sqlUrlFault,
          show: withoutSecrets,
          locate: locateSqlUrl,
        },
        timeout_ms: {
          kind: "integer",
          check: (value) =>
            Number(value) >= 1 && Number(value) <= 3_600_000 ? undefined : "an integer from 1 to 3600000",
        },
      },
      // One file can keep both, each in a table of its own.
      open: ({ url, timeout_ms: timeoutMs }, { role, durability }) =>
        new Sql({ url, role, durability, ...(timeoutMs === undefined ? {} : { timeoutMs }) }),
    }),
  ],
]);

/** Infers what `open` is given from what `options` declares. */
function storageType<const Options extends StorageTypeOptions>(spec: StorageType<Options>): StorageType {
  return spec;
}

function atLeastOne(value: unknown, what: string): string | undefined {
  return Number(value) >= 1 ? undefined : `${what} from 1`;
}

function sqlUrlFault(url: unknown): string | undefined {
  try {
    const location = parseSqlUrl(String(url));
    return location.kind === "file" ? pathFault(location.path) : undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Cannot use database URL .*?": /, "") : "";
    return `a database URL: ${reason.replace(/^expected /, "")}`;
  }
}

/** A path is a database URL too. */
function locateSqlUrl(url: string, absolute: (path: string) => string): string {
  const location = parseSqlUrl(url);
  return location.kind === "file" ? absolute(location.path) : url;
}

/**
 * Makes a storage type known to configurations, under a name.
 *
 * The options are declared as data, so that every fault in a configuration is found and named before anything is
 * opened. Call it before the configuration is first used: types are checked when it is read.
 *
 * @param type The name that stands in a section as `type`; in PascalCase, as the class has it.
 * @param spec Its options, by their names in TOML (`snake_case`), and how it is made.
 * @throws {TypeError} When the name is taken (fleche's own names are), or is not a name, or an option's is not.
 *
 * @example A storage around another
 * ```ts
 * import { openCache, registerStorage } from "@fleche/fleche";
 *
 * registerStorage("CountedStorage", {
 *   options: { inner: { kind: "storage", required: true }, max_reads: { kind: "integer" } },
 *   open: ({ inner, max_reads = 10 }) => {
 *     console.assert(max_reads === 3);
 *     return inner;
 *   },
 * });
 *
 * await using cache = openCache({
 *   values: { type: "CountedStorage", max_reads: 3, inner: { type: "Memory" } },
 *   calls: { type: "Memory" },
 * });
 * console.assert(cache !== undefined);
 * ```
 */
export function registerStorage<const Options extends StorageTypeOptions>(
  type: string,
  spec: StorageType<Options>,
): void {
  if (typeof type !== "string" || !/^[A-Za-z][A-Za-z0-9_]*$/.test(type)) {
    throw new TypeError(
      `Cannot register storage type ${JSON.stringify(type)}: expected a name of letters, digits and "_"`,
    );
  }
  if (storageTypes.has(type)) {
    throw new TypeError(`Cannot register storage type "${type}": the name is taken`);
  }
  if (typeof spec?.open !== "function" || typeof spec.options !== "object") {
    throw new TypeError(
      `Cannot register storage type "${type}": expected its options and a function that opens it`,
    );
  }
  for (const option of Object.keys(spec.options)) {
    if (!/^[a-z][a-z0-9_]*$/.test(option) || option === "type") {
      throw new TypeError(
        `Cannot register storage type "${type}": option ${
          JSON.stringify(option)
        } is not named in snake_case, ` +
          `or is "type", which names the type itself`,
      );
    }
  }
  storageTypes.set(type, spec);
}

/** The type of that name. */
export function findStorageType(type: string): StorageType | undefined {
  return storageTypes.get(type);
}

/** The names that a configuration may give, in alphabetical order. */
export function storageTypeNames(): readonly string[] {
  return [...storageTypes.keys()].sort();
}
