/** The seed document's examples, verbatim, and what each of them says. */

/** An example of the seed document. */
export interface SeedExample {
  readonly title: string;
  readonly toml: string;
  /** What it says of the default, with the defaults of what it leaves unsaid. */
  readonly default: { readonly cache: string; readonly metadata: readonly string[] };
  readonly caches: readonly (readonly [name: string, settings: unknown])[];
  /** The fault that stands in the example itself, as `[default]` without its section does. */
  readonly fault?: string;
}

const usual = { cache: "memory", metadata: ["Runtime", "CallInfo"] };

export const seedExamples: readonly SeedExample[] = [
  {
    title: "[default] cache",
    toml: `[default]
cache = "mycache"
`,
    default: usual,
    caches: [],
    fault: `unknown cache "mycache" at default.cache, expected one of "memory" or "void"`,
  },
  {
    title: "[default] metadata",
    toml: `[default]
metadata = ["Runtime", "CallInfo"]
`,
    default: usual,
    caches: [],
  },
  {
    title: "storage backends",
    toml: `[mycache]
values.type = "Memory"
calls.type = "Memory"
`,
    default: usual,
    caches: [["mycache", { values: { type: "Memory" }, calls: { type: "Memory" } }]],
  },
  {
    title: "[default] cache with the section that it names",
    toml: `[default]
cache = "mycache"
[mycache]
values.type = "Memory"
calls.type = "Memory"
`,
    default: { ...usual, cache: "mycache" },
    caches: [["mycache", { values: { type: "Memory" }, calls: { type: "Memory" } }]],
  },
  {
    title: "nested storage",
    toml: `[nested]
values.type = "CompressedStorage"
values.compression = "gzip"
values.inner.type = "BagOfHoldingH5File"
values.inner.root = "..."
calls.type = "CloudpickleFile"
calls.root = "~/.fleche/calls"
`,
    default: usual,
    caches: [["nested", {
      values: {
        type: "CompressedStorage",
        compression: "gzip",
        inner: { type: "BagOfHoldingH5File", root: "..." },
      },
      calls: { type: "CloudpickleFile", root: "~/.fleche/calls" },
    }]],
  },
  {
    title: "full configuration example",
    toml: `[default]
cache = "persistent"
metadata = ["Runtime", "CallInfo"]
[persistent]
# Store values in HDF5 files
values.type = "BagOfHoldingH5File"
values.root = "~/.cache/fleche/values"
# Store call details as cloudpickle files
calls.type = "CloudpickleFile"
calls.root = "~/.cache/fleche/calls"
[fast]
# Simple in-memory cache
values.type = "Memory"
calls.type = "Memory"
[compressed]
# Example of nested storage with compression
values.type = "CompressedStorage"
values.compression = "gzip"
values.inner.type = "BagOfHoldingH5File"
values.inner.root = "~/.cache/fleche/compressed_values"
calls.type = "CloudpickleFile"
calls.root = "~/.cache/fleche/compressed_calls"
`,
    default: { ...usual, cache: "persistent" },
    caches: [
      ["persistent", {
        values: { type: "BagOfHoldingH5File", root: "~/.cache/fleche/values" },
        calls: { type: "CloudpickleFile", root: "~/.cache/fleche/calls" },
      }],
      ["fast", { values: { type: "Memory" }, calls: { type: "Memory" } }],
      ["compressed", {
        values: {
          type: "CompressedStorage",
          compression: "gzip",
          inner: { type: "BagOfHoldingH5File", root: "~/.cache/fleche/compressed_values" },
        },
        calls: { type: "CloudpickleFile", root: "~/.cache/fleche/compressed_calls" },
      }],
    ],
  },
];

/** The storage types that the seed document describes, with the options that it gives each. */
export const seedTypes: readonly (readonly [type: string, options: Record<string, unknown>])[] = [
  ["Memory", {}],
  ["PickleFile", { root: "r" }],
  ["CloudpickleFile", { root: "r" }],
  ["DillFile", { root: "r" }],
  ["BagOfHoldingH5File", { root: "r" }],
  ["Sql", { url: "sqlite:///calls.db" }],
  ["CompressedStorage", { compression: "gzip", inner: { type: "Memory" } }],
];
