/**
 * What Deno must allow for each thing that the module offers: the table in README.md, row by row, and the programs that prove
 * each. README.md is compared with it, and the programs are run with exactly these flags, so the two cannot drift.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What stands for the parts in angle brackets. */
export interface Places {
  /** Read and written. */
  readonly root: string;
  /** The folder of a database. */
  readonly folder: string;
  /** Where a libSQL server listens. */
  readonly host: string;
  /** The configuration file. */
  readonly "cache.toml": string;
  /** Where the test programs stand. */
  readonly project: string;
  /** A git repository. */
  readonly repository: string;
}

/** A program, and what it prints with the flags of its row. */
export interface Program {
  readonly file: string;
  args(places: Places): readonly string[];
  /** @default "done" */
  prints?(places: Places): RegExp;
  /** What it prints without one of the flags. @default `prints`, and a warning that names the flag */
  readonly without?: RegExp;
}

/** A row of the table. */
export interface PermissionRow {
  readonly subject: string;
  readonly flags: readonly string[];
  /** What it is like without the flags, or a remark. */
  readonly otherwise: string;
  readonly programs: readonly Program[];
}

const WARNED = "uncached, with a warning that names the flags";

/** Where the test programs stand: the project that they belong to. */
export const project: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Does everything that a cache does, over these settings. */
function everything(settings: (places: Places) => object): Program {
  return {
    file: "_everything.ts",
    args: (places) => [JSON.stringify({ values: settings(places), calls: settings(places) }), "kept"],
    without: /done/,
  };
}

function part(name: string, prints: (places: Places) => RegExp, without?: RegExp): Program {
  return { file: "_part.ts", args: () => [name], prints, ...(without === undefined ? {} : { without }) };
}

const inFiles = (type: string): Program => everything(({ root }) => ({ type, root: join(root, type) }));
const compressed = (compression: string): Program =>
  everything(({ root }) => ({
    type: "CompressedStorage",
    compression,
    inner: { type: "CborFile", root: join(root, compression) },
  }));
const sealed = (more: object): Program => ({
  file: "_everything.ts",
  args: ({ root }) => {
    const storage = (name: string) => ({ type: "CborFile", root: join(root, name) });
    const caches = { values: storage("sealed-values"), calls: storage("sealed-calls") };
    return [JSON.stringify({ ...caches, secret_key: ["5a".repeat(32)], ...more }), "sealed"];
  },
  without: /done/,
});
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The table. */
export const permissionRows: readonly PermissionRow[] = [
  {
    subject: "the import, `openCache`, `registerStorage`, the codecs, `./testing`",
    flags: [],
    otherwise: "",
    programs: [part("import", () => /^$/), part("codecs", () => /^done$/), part("testing", () => /^done$/)],
  },
  { subject: "`Memory`", flags: [], otherwise: "", programs: [everything(() => ({ type: "Memory" }))] },
  {
    subject: "`CborFile`, `PickleFile`, `CloudpickleFile`, `DillFile`, `BagOfHoldingH5File`",
    flags: ["--allow-read=<root>", "--allow-write=<root>"],
    otherwise: WARNED,
    programs: ["CborFile", "PickleFile", "CloudpickleFile", "DillFile", "BagOfHoldingH5File"].map(inFiles),
  },
  {
    subject: "`CompressedStorage`: what its `inner` needs, as of files",
    flags: ["--allow-read=<root>", "--allow-write=<root>"],
    otherwise: WARNED,
    programs: ["gzip", "zstd"].map(compressed),
  },
  {
    subject: "`secret_key` and `encrypt`: what the storages within need, as of files",
    flags: ["--allow-read=<root>", "--allow-write=<root>"],
    otherwise: WARNED,
    programs: [sealed({}), sealed({ encrypt: true })],
  },
  {
    subject: "`Sql`, a file",
    flags: [
      "--allow-read=<folder>,/usr/bin/ldd",
      "--allow-write=<folder>",
      "--allow-ffi",
      "--allow-env=LIBSQL_JS_DEV",
      "--allow-sys=cpus,hostname,networkInterfaces",
    ],
    otherwise: `${WARNED} (\`ldd\` on Linux alone, where denied is as good)`,
    programs: [everything(({ folder }) => ({ type: "Sql", url: join(folder, "cache.db") }))],
  },
  {
    subject: "`Sql`, in memory",
    flags: [
      "--allow-read=/usr/bin/ldd",
      "--allow-ffi",
      "--allow-env=LIBSQL_JS_DEV",
      "--allow-sys=cpus,hostname,networkInterfaces",
    ],
    otherwise: "the same",
    programs: [everything(() => ({ type: "Sql", url: "sqlite://" }))],
  },
  {
    subject: "`Sql`, a server",
    flags: ["--allow-net=<host>"],
    otherwise: WARNED,
    programs: [everything(({ host }) => ({ type: "Sql", url: `http://${host}` }))],
  },
  {
    subject: "the configuration",
    flags: ["--allow-env=XDG_CONFIG_HOME,HOME", "--allow-read=<cache.toml>"],
    otherwise: "the cache `memory` is the default one, with a warning that names the flag",
    programs: [part("configuration", () => /^42 configured$/, /42 memory/)],
  },
  {
    subject: "`FLECHE_SECRET_KEY`",
    flags: ["--allow-env=FLECHE_SECRET_KEY"],
    otherwise: "as if it were unset: sections without `secret_key` are not signed",
    programs: [part("secret", () => /^SealedStorage$/, /^Memory$/)],
  },
  {
    subject: "keys that carry the project's name and path",
    flags: ["--allow-read=<project>"],
    otherwise: "a function's module is the name of its file",
    programs: [part("module", () => /^@fleche\/fleche\/tests\/process\/_part\.ts$/, /^_part\.ts$/)],
  },
  {
    subject: "`Runtime`, `CallInfo`, `Tags`",
    flags: [],
    otherwise: "",
    programs: [part("metadata", () => /^callinfo runtime tags$/)],
  },
  {
    subject: "`Environment`",
    flags: ["--allow-sys=hostname,userInfo,uid,gid", "--allow-env=LOGNAME,USER,LNAME,USERNAME"],
    otherwise: "what is not granted is left out",
    programs: [part("environment", () => /\bhostname\b.*\busername\b/, /^.*\bfleche_version\b.*$/)],
  },
  {
    subject: "`Git`",
    flags: ["--allow-read=<repository>"],
    otherwise: "its fields are `null`",
    programs: [part("git", ({ repository }) => new RegExp(`^${escaped(repository)} main$`), /^null null$/)],
  },
  {
    subject: "events, `explain`, `gc`, `verify`, `clear`, `stats`, `./otel`",
    flags: [],
    otherwise: "",
    programs: [everything(() => ({ type: "Memory" })), part("otel", () => /^\[ 42, 42 \]$/)],
  },
  {
    subject: "`./cli`: `progressBar`",
    flags: [],
    otherwise: "",
    programs: [part("progress", () => /\bdone\b/)],
  },
];

/** The cells of the table, as README.md has them. */
export function permissionCells(): string[][] {
  return permissionRows.map(({ subject, flags, otherwise }) => [
    subject,
    flags.length === 0 ? "nothing" : `\`${flags.join(" ")}\``,
    otherwise,
  ]);
}

/** A flag with what its parts in angle brackets stand for. */
export function withPlaces(flag: string, places: Places): string {
  return flag.replace(/<([^>]+)>/g, (_, name: keyof Places) => places[name]);
}
