/**
 * What a digest costs, by kind of value, against what others make keys with. Only ours tells `1`, `"1"`, `1n` and `-0`
 * apart, and refuses what it cannot see into; several of the others give one key to all of these.
 *
 * @module
 */
import { digest } from "../../mod.ts";
import { sha256Hex } from "../../src/digest/sha256.ts";
import { createHash } from "node:crypto";
import type { Group } from "../harness/figures.ts";
import { floats, query, rows } from "../harness/inputs.ts";
import { load } from "../harness/load.ts";
import { type Contestant, measure } from "../harness/measure.ts";
import { handOver } from "../harness/report.ts";

interface Hasher extends Pick<Contestant, "id" | "label" | "note" | "sync"> {
  digest(value: unknown): unknown;
}

interface Ohash {
  hash(value: unknown): string;
}
interface HashWasm {
  createSHA256(): Promise<{ init(): { update(bytes: Uint8Array): { digest(form: "hex"): string } } }>;
}
interface ObjectHash {
  default(value: unknown): string;
}
interface NodeObjectHash {
  hasher(): { hash(value: unknown): string };
}
interface SafeStableStringify {
  stringify(value: unknown): string | undefined;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const { hash: ohash } = await load<Ohash>("ohash");
const { default: objectHash } = await load<ObjectHash>("object-hash");
const { hasher } = await load<NodeObjectHash>("node-object-hash");
const nodeObjectHash = hasher();
const { stringify: stable } = await load<SafeStableStringify>("safe-stable-stringify");

const hashers: readonly Hasher[] = [
  { id: "fleche", label: "fleche digest", digest },
  { id: "ohash", label: "ohash", sync: true, digest: ohash },
  { id: "object-hash", label: "object-hash", note: "SHA-1", sync: true, digest: objectHash },
  {
    id: "node-object-hash",
    label: "node-object-hash",
    note: 'gives 1, "1" and 1n one hash',
    sync: true,
    digest: (value) => nodeObjectHash.hash(value),
  },
  {
    id: "stable-stringify",
    label: "safe-stable-stringify + sha256",
    note: "loses what JSON loses",
    sync: true,
    digest: (value) => sha256(String(stable(value))),
  },
  {
    id: "json",
    label: "JSON.stringify + sha256",
    note: "floor: depends on the order of properties and loses what JSON loses",
    sync: true,
    digest: (value) => sha256(String(JSON.stringify(value))),
  },
];

async function digests(id: string, title: string, values: readonly unknown[]): Promise<Group> {
  return await measure(
    { id, title, reference: "fleche" },
    hashers.map((hasher) => ({ ...hasher, call: (i) => hasher.digest(values[i % values.length]) })),
  );
}

/** More than the thousand short forms whose digests fleche remembers: each is really hashed. */
const DIFFERENT = 20_000;

/** What the choice of SHA-256 rests on: 75 bytes, as a small argument has. */
async function hashes(): Promise<Group> {
  const inputs = Array.from({ length: 64 }, (_, i) => new Uint8Array(75).fill(i));
  const input = (i: number): Uint8Array => inputs[i % inputs.length] ?? new Uint8Array();
  const { createSHA256 } = await load<HashWasm>("hash-wasm");
  const wasm = await createSHA256();
  return await measure(
    { id: "digest/hash", title: "SHA-256 of 75 bytes, in hexadecimal", reference: "node" },
    [
      { id: "node", label: "node:crypto, as fleche calls it", sync: true, call: (i) => sha256Hex(input(i)) },
      {
        id: "hash-wasm",
        label: "hash-wasm",
        sync: true,
        call: (i) => wasm.init().update(input(i)).digest("hex"),
      },
    ],
  );
}

handOver([
  await digests(
    "digest/object",
    "Digest of {id, name, tags[3], nested}",
    Array.from({ length: DIFFERENT }, (_, i) => query(i)),
  ),
  await digests(
    "digest/again",
    "Digest of {id, name, tags[3], nested}, of 100 values in turn",
    Array.from({ length: 100 }, (_, i) => query(i)),
  ),
  await hashes(),
  await digests("digest/scalar", "Digest of a number", Array.from({ length: DIFFERENT }, (_, i) => i + 0.5)),
  await digests("digest/rows", "Digest of 100 rows", [rows(100)]),
  await digests("digest/floats", "Digest of a Float64Array of 1 MiB", [floats(1 << 20)]),
]);
