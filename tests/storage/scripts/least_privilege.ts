/** Everything that a file storage does, with an absolute root: `least_privilege.ts ROOT`. Run with few permissions. */
import { CborFile } from "../../../src/storage/cbor_file.ts";
import { beat as beatOfLeases } from "../../../src/storage/file/_leases.ts";
import { CompressedStorage } from "../../../src/storage/compressed_storage.ts";
import { compressions } from "../../../src/storage/compression/compression.ts";
import { SealedStorage } from "../../../src/storage/sealed_storage.ts";
import type { Storage } from "../../../src/storage/types.ts";
import { beat } from "../../../src/storage/file/_heartbeat.ts";

const root = Deno.args[0] ?? "";
const file = new CborFile({ root });
const keys = ["5eed".repeat(8)];
const storages: readonly (readonly [string, Storage])[] = [
  ["plain", file],
  ["signed", new SealedStorage({ inner: file, keys })],
  ["encrypted", new SealedStorage({ inner: file, keys, encrypt: true })],
  ...compressions.map((name) => [name, new CompressedStorage({ compression: name, inner: file })] as const),
];
for (const [name, storage] of storages) {
  for (const size of [10, 100_000, 2_000_000]) {
    const key = `${name}-${size}`;
    const body = new Uint8Array(size).fill(7);
    await storage.put(key, body);
    await storage.put(key, new Blob([body]).stream());
    if ((await (await storage.get(key))?.bytes())?.length !== size) throw new Error(`lost ${key}`);
    if (!(await storage.has(key))) throw new Error(`lost ${key}`);
  }
}
if ((await Array.fromAsync(file.keys())).length !== 24) throw new Error("lost keys");
const draft = await file.draft();
await draft.write(new Uint8Array(3_000_000).fill(7));
beat();
if ((await draft.read(0)).length === 0) throw new Error("a draft cannot be read");
await draft.finish("draft");
const part = (await file.get("draft"))?.stream({ start: 2_000_000 });
if ((await new Response(part).arrayBuffer()).byteLength !== 1_000_000) throw new Error("lost a part");
const folder = `${root}/v1/ab/cd`;
Deno.mkdirSync(folder, { recursive: true });
const digest = "abcd".padEnd(64, "0");
Deno.writeTextFileSync(`${folder}/${digest}.cbor`, "damaged");
if (await file.get(digest) !== undefined) throw new Error("damage was delivered");
if (!Array.from(Deno.readDirSync(`${root}/v1/quarantine`)).length) {
  throw new Error("damage was not set aside");
}
for await (const key of file.keys()) await file.delete(key);
const lease = await file.leases.take("key");
beatOfLeases();
if (lease === undefined || await file.leases.take("key") !== undefined) throw new Error("no lease, or two");
const leftOver = `${root}/v1/tmp/=key.cbor.lease`;
Deno.utimeSync(leftOver, 0, 0);
await file.leases.wait("key");
Deno.writeTextFileSync(leftOver, "");
await lease.release();
await file.leases.wait("key");
Deno.stdout.writeSync(new TextEncoder().encode("done"));
