/**
 * From a draft to a value and its record: how results are kept whose digest is known at their end.
 *
 * @module
 */

import type { Call } from "../call/record.ts";
import { blobChunks } from "../digest/blob_chunks.ts";
import type { Draft } from "../storage/types.ts";
import { codecNameOf } from "../stream/stream_form.ts";
import { streamDigest } from "../stream/stream_digest.ts";
import type { OpenEntry, StreamForm } from "../stream/types.ts";
import type { Cache } from "./cache.ts";
import { type Description, type Kept, putRecord } from "./keep.ts";
import { assertSizeOf } from "./lookup.ts";

/** A value that is kept and that no record names yet. */
export interface KeptStream extends Kept {
  /** What it is. */
  readonly form: StreamForm;
}

/** Makes a draft the value that it is, under its digest. */
export async function finishStream(draft: Draft, form: StreamForm): Promise<KeptStream> {
  const { size } = draft;
  const result = await streamDigest(form, draft.digest());
  await draft.finish(result);
  return { result, size, form };
}

/** Opens what was kept. */
export function entryOpener(cache: Cache, kept: KeptStream): OpenEntry {
  return async (start) => {
    const body = await cache.values.get(kept.result);
    if (body !== undefined) assertSizeOf(body, kept);
    return body?.stream({ start });
  };
}

/** Keeps the record that names the value. */
export async function recordStream(
  cache: Cache,
  call: Call,
  { form, ...kept }: KeptStream,
  description: Description,
): Promise<void> {
  await putRecord(cache, call, { ...description, ...kept, form, codec: codecNameOf(form) });
}

/**
 * Keeps a Blob or a File: its bytes are read once, whole, and are its result's digest, whatever it was said to be.
 *
 * @returns What is kept now.
 * @throws (rejects) What reading it or writing it failed with.
 */
export async function keepBlob(
  cache: Cache,
  call: Call,
  blob: Blob,
  description: Description,
): Promise<Kept> {
  const draft = await cache.values.draft?.();
  if (draft === undefined) throw new TypeError("its values storage takes no streams");
  try {
    for await (const chunk of blobChunks(blob)) await draft.write(chunk);
    const kept = await finishStream(draft, blobForm(blob));
    await recordStream(cache, call, kept, description);
    return kept;
  } finally {
    await draft.abandon();
  }
}

function blobForm(blob: Blob): StreamForm {
  const { type } = blob;
  return isFile(blob)
    ? { kind: "file", type, name: blob.name, lastModified: blob.lastModified }
    : { kind: "blob", type };
}

function isFile(blob: Blob): blob is File {
  // In Bun a File that stays in its storage is no `instanceof File`, and has its name and its time itself.
  return blob instanceof File ||
    ownKind(blob, "name") === "string" && ownKind(blob, "lastModified") === "number";
}

function ownKind(object: object, name: string): string {
  return typeof Object.getOwnPropertyDescriptor(object, name)?.value;
}
