/** Every fault that a configuration can have. */
import assert from "node:assert/strict";
import { ConfigError } from "../../src/errors.ts";

/** Where the faulty text is said to stand. */
export const source = { file: "/home/me/.config/fleche/cache.toml" };

/** A section whose other half is right. */
const values = (settings: string) => `[mycache]\n${settings}\ncalls.type = "Memory"`;
const right = `[mycache]\nvalues.type = "Memory"\ncalls.type = "Memory"`;

/** What is wrong, and a document in which it is. */
export const faults: readonly [says: string, toml: string][] = [
  // Syntax.
  ["text without quotes", `[default]\ncache = mycache`],
  ["string not closed", `[default]\ncache = "mycache`],
  ["string over two lines", `[default]\ncache = "mycache\n"`],
  ["section not closed", `[default\ncache = "mycache"`],
  ["list not closed", `[default]\nmetadata = ["Runtime"\ncache = "memory"`],
  ["no equals sign", `[default]\ncache "mycache"`],
  ["stray character", `[default]\ncache = "memory"\n?`],
  ["stray character that does not print", `[default]\ncache = "memory"\n\u0085`],
  ["date without end", `[default]\ncache = 2020-02-31${" 1".repeat(1000)}`],
  ["no key", `= 1`],
  ["unknown escape", `[mycache]\nvalues.root = "C:\\data"`],
  ["escape of no character", `[mycache]\nvalues.root = "C:\\Users"`],
  ["section twice", `${right}\n[default]\n\n  [mycache] # again\nvalues.type = "Memory"`],
  ["section below a value", `a = 1\n[a.b]\nc = 1`],
  ["control character", `[default]\ncache = "a\u0007"`],
  ["zero character", `[default]\ncache = "a\0"`],
  ["no-break space", `[default]\ncache\u00a0= "a"`],
  ["__proto__", `[default]\n[__proto__]`],
  ["__proto__, escaped", `[default]\n["\\u005f_proto__"]`],
  ["nested too deeply", `a = ${"[".repeat(60_000)}`],
  ["too many keys", `[a]\n${"x.y=1\n".repeat(1001)}`],
  // Sections.
  ["no values", `[mycache]\ncalls.type = "Memory"`],
  ["no calls", `[mycache]\nvalues.type = "Memory"`],
  ["empty section", `[mycache]`],
  ["unknown key, near", `[mycache]\nvalue.type = "Memory"\ncalls.type = "Memory"`],
  ["unknown key, far", `${right}\nttl = 3`],
  ["single_flight, another text", `${right}\nsingle_flight = "machines"`],
  ["single_flight, no text", `${right}\nsingle_flight = false`],
  ["durability, another text", `${right}\ndurability = "fsync"`],
  ["default's key in a section", `${right}\nmetadata = ["Runtime"]`],
  ["section that is a string", `mycache = "Memory"`],
  ["section that is a list", `[[mycache]]\nvalues.type = "Memory"`],
  ["default's key outside", `cache = "mycache"\n${right}`],
  ["reserved name memory", `[memory]\nvalues.type = "Memory"\ncalls.type = "Memory"`],
  ["reserved name void", `[void]`],
  ["odd section name", `["my cache\\u0007"]\nvalues.type = "Memory"`],
  // Storages.
  ["storage that is a string", values(`values = "Memory"`)],
  ["storage that is a list", values(`values = [{ type = "Memory" }]`)],
  ["no type", values(`values.root = "x"`)],
  ["type that is a number", values(`values.type = 5`)],
  ["type that is a table", values(`values.type.name = "Memory"`)],
  ["unknown type, near", values(`values.type = "CborFle"\nvalues.root = "x"`)],
  ["unknown type, far", values(`values.type = "Redis"`)],
  ["unknown type, long", values(`values.type = "${"x".repeat(500)}"`)],
  ["unknown type, hostile", values(`values.type = "a\\nb\\u001b[31m\\u2028"`)],
  ["type __proto__'s sibling", values(`values.type = "constructor"`)],
  [
    "trust that is no boolean",
    values(`values.type = "DillFile"\nvalues.root = "x"\nvalues.trust_code = "yes"`),
  ],
  [
    "missing option, within",
    values(
      `values.type = "CompressedStorage"\nvalues.compression = "gzip"\nvalues.inner.type = "BagOfHoldingH5File"`,
    ),
  ],
  ["missing option", values(`values.type = "CborFile"`)],
  ["unknown option, near", values(`values.type = "CborFile"\nvalues.rot = "x"`)],
  ["unknown option, far", values(`values.type = "CborFile"\nvalues.root = "x"\nvalues.ttl = 5`)],
  ["option of a type without", values(`values.type = "Memory"\nvalues.root = "x"`)],
  ["option named constructor", values(`values.type = "Memory"\nvalues.constructor = "x"`)],
  ["path that is a number", values(`values.type = "CborFile"\nvalues.root = 5`)],
  ["path that is a table", values(`values.type = "CborFile"\nvalues.root.x = 5`)],
  ["path that is a date", values(`values.type = "CborFile"\nvalues.root = 1979-05-27`)],
  ["path that is empty", values(`values.type = "CborFile"\nvalues.root = ""`)],
  ["path of another user", values(`values.type = "CborFile"\nvalues.root = "~you/x"`)],
  ["path with a zero", values(`values.type = "CborFile"\nvalues.root = "a\\u0000b"`)],
  [
    "inner where none is taken",
    values(`values.type = "CborFile"\nvalues.root = "x"\nvalues.inner.type = "Memory"`),
  ],
  ["inner of Memory", values(`values.type = "Memory"\nvalues.inner.type = "Memory"`)],
  ["no inner", values(`values.type = "CompressedStorage"\nvalues.compression = "gzip"`)],
  [
    "inner that is a string",
    values(
      `values.type = "CompressedStorage"\nvalues.compression = "gzip"\nvalues.inner = "Memory"`,
    ),
  ],
  [
    "inner without type",
    values(
      `values.type = "CompressedStorage"\nvalues.compression = "gzip"\nvalues.inner.root = "x"`,
    ),
  ],
  [
    "inner of an inner",
    values(
      `values.type = "CompressedStorage"\nvalues.compression = "gzip"\n` +
        `values.inner.type = "CompressedStorage"\nvalues.inner.compression = "gzip"\nvalues.inner.inner.type = "Memroy"`,
    ),
  ],
  ["limit that is no integer", values(`values.type = "Memory"\nvalues.max_bytes = 1.5`)],
  ["limit that is a text", values(`values.type = "Memory"\nvalues.max_bytes = "64 MiB"`)],
  ["limit of nothing", values(`values.type = "Memory"\nvalues.max_bytes = 0`)],
  ["limit, misspelt", values(`values.type = "Memory"\nvalues.max_byte = 5`)],
  ["no compression", values(`values.type = "CompressedStorage"\nvalues.inner.type = "Memory"`)],
  [
    "unknown compression",
    values(
      `values.type = "CompressedStorage"\nvalues.compression = "gzp"\nvalues.inner.type = "Memory"`,
    ),
  ],
  [
    "compression that is a boolean",
    values(
      `values.type = "CompressedStorage"\nvalues.compression = true\nvalues.inner.type = "Memory"`,
    ),
  ],
  [
    "ratio that is too small",
    values(
      `values.type = "CompressedStorage"\nvalues.compression = "gzip"\nvalues.max_ratio = 0.5\nvalues.inner.type = "Memory"`,
    ),
  ],
  [
    "ratio without an end",
    values(
      `values.type = "CompressedStorage"\nvalues.compression = "gzip"\nvalues.max_ratio = inf\nvalues.inner.type = "Memory"`,
    ),
  ],
  [
    "ratio that is a text",
    values(
      `values.type = "CompressedStorage"\nvalues.compression = "gzip"\nvalues.max_ratio = "100:1"\nvalues.inner.type = "Memory"`,
    ),
  ],
  [
    "role, which follows from the place",
    `[mycache]\nvalues.type = "Memory"\ncalls.type = "Sql"\ncalls.url = "calls.db"\ncalls.role = "calls"`,
  ],
  [
    "database URL of another kind",
    `[mycache]\nvalues.type = "Memory"\ncalls.type = "Sql"\ncalls.url = "mysql://u:secret@h/d"`,
  ],
  [
    "database URL, two slashes",
    `[mycache]\nvalues.type = "Memory"\ncalls.type = "Sql"\ncalls.url = "sqlite://calls.db"`,
  ],
  ["database URL that is a number", `[mycache]\nvalues.type = "Memory"\ncalls.type = "Sql"\ncalls.url = 5`],
  ["no database URL", `[mycache]\nvalues.type = "Memory"\ncalls.type = "Sql"`],
  // Sealing: no message shows a key.
  ["secret that is a string", `${right}\nsecret_key = "5ec2e75ec2e75ec2e75ec2e75ec2e75e"`],
  ["secret that is a table", `${right}\nsecret_key.first = "5ec2e75ec2e75ec2e75ec2e75ec2e75e"`],
  ["no secret in the list", `${right}\nsecret_key = []`],
  ["secret that is too short", `${right}\nsecret_key = ["5ec2e75ec2e75ec2e75ec2e75ec2e7"]`],
  [
    "second secret that is not hexadecimal",
    `${right}\nsecret_key = ["5ec2e75ec2e75ec2e75ec2e75ec2e75e", "5ec2e75ec2e75ec2e75ec2e75ec2e7xy"]`,
  ],
  ["secret that is a number", `${right}\nsecret_key = [0x5ec2e7]`],
  ["encrypt that is a string", `${right}\nencrypt = "yes"`],
  [
    "secret of a storage",
    values(`values.type = "Memory"\nvalues.secret_key = ["5ec2e75ec2e75ec2e75ec2e75ec2e75e"]`),
  ],
  ["durability of a storage", values(`values.type = "Memory"\nvalues.durability = "full"`)],
  ["secret, misspelt", `${right}\nsecret_keys = ["5ec2e75ec2e75ec2e75ec2e75ec2e75e"]`],
  ["secret in [default]", `${right}\n[default]\nsecret_key = ["5ec2e75ec2e75ec2e75ec2e75ec2e75e"]`],
  ["secret that is not closed", `${right}\nsecret_key = ["5ec2e75ec2e75ec2e75ec2e75ec2e75e`],
  ["secret without quotes", `${right}\nsecret_key = [5ec2e75ec2e75ec2e75ec2e75ec2e75e]`],
  ["secret as a key", `${right}\n5ec2e7 5ec2e75ec2e75ec2e75ec2e75ec2e75e = 1`],
  // [default].
  ["default that is a string", `default = "mycache"\n${right}`],
  ["default, unknown key, near", `${right}\n[default]\nmetdata = ["Runtime"]`],
  ["default, unknown key, far", `${right}\n[default]\nroot = true`],
  ["default with values", `[default]\nvalues.type = "Memory"\ncalls.type = "Memory"`],
  ["default cache that no section has", `${right}\n[default]\ncache = "mycach"`],
  ["default cache named default", `${right}\n[default]\ncache = "default"`],
  ["default cache that is a table", `${right}\n[default.cache]\nvalues.type = "Memory"`],
  ["metadata that is a string", `[default]\nmetadata = "Runtime"`],
  ["metadata that holds a number", `[default]\nmetadata = ["Runtime", 5]`],
  ["unknown metadata, near", `[default]\nmetadata = ["Runtime", "CallInf"]`],
  ["unknown metadata, far", `[default]\nmetadata = ["ResultDigest"]`],
  ["Tags", `[default]\nmetadata = ["Runtime", "Tags"]`],
];

/** The same for settings given in code. */
export const inCode: readonly [says: string, settings: unknown][] = [
  ["nothing", undefined],
  ["null", null],
  ["a string", "Memory"],
  ["a class instance", new Map()],
  ["no calls", { values: { type: "Memory" } }],
  ["unknown key", { values: { type: "Memory" }, calls: { type: "Memory" }, valeus: {} }],
  ["unknown type", { values: { type: "Memori" }, calls: { type: "Memory" } }],
  ["a function as root", { values: { type: "CborFile", root: () => "x" }, calls: { type: "Memory" } }],
  ["an infinite number as root", { values: { type: "CborFile", root: Infinity }, calls: { type: "Memory" } }],
  ["a URL as root", { values: { type: "CborFile", root: new URL("file:///x") }, calls: { type: "Memory" } }],
  ["__proto__ as option", {
    values: JSON.parse(`{ "type": "Memory", "__proto__": { "root": "x" } }`),
    calls: { type: "Memory" },
  }],
  ["a type that is inherited", { values: Object.create({ type: "Memory" }), calls: { type: "Memory" } }],
];

/** The error that `read` throws. */
export function faultOf(read: () => unknown): ConfigError {
  try {
    read();
  } catch (error) {
    assert(error instanceof ConfigError, `not a ConfigError: ${error}`);
    return error;
  }
  throw new assert.AssertionError({ message: "nothing was refused" });
}
