/** Functions whose results are kept in files, what is done to these, and readers that check every byte. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { closeSync, openSync, readSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Cache, CborFile, fleche, IntegrityError, type StoredResult } from "../../mod.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { warningsOf } from "../_warnings.ts";
import { fileOf, quarantined } from "../storage/file/_entries.ts";

/** Size of what is checked at once. */
export const CHUNK = 262_144;

/** Flips a bit of a file where it lies. */
export function flip(path: string, at: number, bit: number): void {
  const fd = openSync(path, "r+");
  const byte = new Uint8Array(1);
  readSync(fd, byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ (1 << bit);
  writeSync(fd, byte, 0, 1, at);
  closeSync(fd);
}

/** One function in a cache of files, and where its entry lies. */
export interface Kept<R> {
  readonly call: () => Promise<R>;
  readonly open: () => Promise<StoredResult>;
  readonly value: string;
  readonly record: string;
  readonly digest: string;
  readonly root: string;
  /** How often it ran. */
  readonly runs: () => number;
  /** Puts back what was set aside, if it was. */
  readonly putBack: () => boolean;
}

/** Runs `body` with a function whose result is kept; `drain` reads a result to its end. */
export async function withKept<R extends object>(
  make: () => R,
  drain: (result: R) => Promise<unknown>,
  body: (kept: Kept<R>) => Promise<void>,
): Promise<void> {
  await warningsOf(() =>
    withTemporaryDirectory(async (directory) => {
      const root = `${directory}/values`;
      const cache = new Cache({
        values: new CborFile({ root }),
        calls: new CborFile({ root: `${directory}/calls` }),
      });
      let runs = 0;
      const f = fleche(() => (runs++, make()), { name: "kept", cache });
      const call = f as unknown as () => Promise<R>;
      await drain(await call());
      const key = await f.digest();
      const digest = (await cache.record(key))?.result ?? assert.fail("not kept");
      const value = fileOf(root, digest);
      const putBack = (): boolean => {
        const [name] = quarantined(root);
        if (name !== undefined) renameSync(join(root, "v1", "quarantine", name), value);
        return name !== undefined;
      };
      const record = fileOf(`${directory}/calls`, key);
      await body({
        call,
        open: () => f.fleche.open(),
        value,
        record,
        digest,
        root,
        runs: () => runs,
        putBack,
      });
    })
  );
}

export const readBytes = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array> =>
  new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());

/** Reads to the end, or to the damage, which it gives; fails when a wrong byte comes. */
export async function readChecked(
  stream: ReadableStream<Uint8Array>,
  expected: Uint8Array,
  { digest, start = 0 }: { readonly digest: string; readonly start?: number },
): Promise<number | undefined> {
  let at = 0;
  try {
    for await (const chunk of stream) {
      assert.equal(Buffer.compare(chunk, expected.subarray(at, at += chunk.length)), 0, `wrong at ${at}`);
    }
  } catch (error) {
    return damageOf(error, digest, start + at);
  }
  assert.equal(at, expected.length, "ended too early");
  return undefined;
}

/** The offset of an `IntegrityError` of that entry, which is not among what was delivered. */
export function damageOf(error: unknown, digest: string, delivered: number): number {
  if (!(error instanceof IntegrityError)) throw error;
  assert.equal(error.key, digest);
  // A part may begin within the damaged chunk.
  assert.ok(error.offset + CHUNK > delivered, `damage at ${error.offset}, delivered up to ${delivered}`);
  return error.offset;
}
