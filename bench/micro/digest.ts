/**
 * What a digest costs, by kind of value, against what others make keys with. Only ours tells `1`, `"1"`, `1n` and `-0`
 * apart, and refuses what it cannot see into; several of the others give one key to all of these.
 *
 * @module
 */
import { digest } from "../../mod.ts";
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

handOver([
  await digests(
    "digest/object",
    "Digest of {id, name, tags[3], nested}",
    Array.from({ length: 100 }, (_, i) => query(i)),
  ),
  await digests("digest/scalar", "Digest of a number", Array.from({ length: 100 }, (_, i) => i + 0.5)),
  await digests("digest/rows", "Digest of 100 rows", [rows(100)]),
  await digests("digest/floats", "Digest of a Float64Array of 1 MiB", [floats(1 << 20)]),
]);
