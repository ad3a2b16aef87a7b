/** Drafts in a database, seen from both sides. */
import assert from "node:assert/strict";
import type { Draft } from "../../../src/storage/types.ts";
import { query } from "./_databases.ts";

/** Size of a chunk. */
export const CHUNK: number = 256 * 1024;

/** All of a draft, as a follower reads it. */
export async function contentOf(draft: Draft): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < draft.size;) {
    const part = await draft.read(at);
    assert.ok(part.length > 0 && part.length <= 1024 * 1024);
    parts.push(part);
    at += part.length;
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** How many values, bodies and chunks there are. */
export async function countRows(path: string): Promise<unknown> {
  const counts = ["stored_values", "bodies", "chunks"].map((table) => `(SELECT count(*) FROM ${table})`);
  const [row] = await query(path, `SELECT ${counts.join(" || ' ' || ")} AS counts`);
  return row?.["counts"];
}
