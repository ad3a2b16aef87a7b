/**
 * Blobs and Files whose bytes stay in their storage until somebody asks for them.
 *
 * @module
 */

import { toArrayBuffer } from "@std/streams/to-array-buffer";
import { toText } from "@std/streams/to-text";
import { tellBlob } from "../digest/told_blob.ts";
import type { ByteRange, StoredBody } from "../storage/types.ts";
import type { StreamForm } from "./types.ts";

/** Blobs of at most this many bytes are read at once: real ones. */
const MOST_READ_BYTES = 1024 * 1024;

type BlobForm = Extract<StreamForm, { readonly kind: "blob" | "file" }>;

/**
 * The Blob or File that an entry is.
 *
 * Up to 1 MiB it is a real one, read whole. A larger one reads its entry on demand, each chunk checked, by its own methods.
 * Where the runtime asks Blobs by these methods (Deno: as a body, a part, a form's entry) it passes for a real one. What
 * looks inside (all that Bun itself does with Blobs, but for `instanceof Blob`; `structuredClone` and `createObjectURL` in
 * Deno) throws a `TypeError`.
 *
 * @param size Size of the entry in bytes.
 */
export async function storedBlob(form: BlobForm, size: number, body: StoredBody): Promise<Blob> {
  const { type } = form;
  if (size > MOST_READ_BYTES) {
    const isReal = await (callsMethods ??= probeMethods());
    const name = form.kind === "file" ? form.name : undefined;
    return dressed(bareBlob(form, isReal), { type, name, start: 0, end: size, body, isReal });
  }
  const parts = [await body.bytes()];
  return form.kind === "blob" ? new Blob(parts, { type }) : new File(parts, form.name, form);
}

/** A part of an entry. */
interface Part extends Required<ByteRange> {
  readonly type: string;
  /** Of a whole File. */
  readonly name: string | undefined;
  readonly body: StoredBody;
  /** Whether the runtime calls the methods of real Blobs. */
  readonly isReal: boolean;
}

/** Something to put the methods on: a real Blob where the runtime then calls them, else an object that is none inside. */
function bareBlob(form: BlobForm, isReal: boolean): Blob {
  if (isReal) {
    return emptied(form.kind === "blob" ? new Blob([], form) : new File([], form.name, form));
  }
  if (form.kind === "blob") return Object.create(Blob.prototype, { name: {}, lastModified: {} });
  const { name, lastModified } = form;
  return Object.create(File.prototype, { name: { value: name }, lastModified: { value: lastModified } });
}

/** What looks for the parts inside a Blob (to clone it, to make a URL of it) is to fail, and not to find none. */
function emptied(blob: Blob): Blob {
  for (const inside of Object.getOwnPropertySymbols(blob)) {
    if (!Array.isArray((blob as unknown as Record<symbol, unknown>)[inside])) continue;
    Object.defineProperty(blob, inside, { get: refuse });
  }
  return blob;
}

function refuse(): never {
  throw new TypeError(
    "Cannot look inside a Blob that stays in its storage: pass on its stream(), or a Blob made of its bytes()",
  );
}

let callsMethods: Promise<boolean> | undefined;

async function probeMethods(): Promise<boolean> {
  const bytes = new TextEncoder().encode("fleche");
  const body: StoredBody = {
    stream: () => new Blob([bytes]).stream(),
    bytes: () => Promise.resolve(bytes.slice()),
  };
  const probe = () =>
    dressed(emptied(new Blob([])), {
      type: "",
      name: undefined,
      start: 0,
      end: bytes.length,
      body,
      isReal: true,
    });
  try {
    const texts = [await new Response(probe()).text(), await new Blob([probe(), probe()]).text()];
    if (texts.join() !== "fleche,flechefleche") return false;
  } catch {
    return false;
  }
  try {
    structuredClone(probe());
    return false;
  } catch {
    return true;
  }
}

function dressed(blob: Blob, part: Part): Blob {
  const { type, name, start, end, body } = part;
  const size = end - start;
  const stream = (): ReadableStream<Uint8Array<ArrayBuffer>> => body.stream({ start, end });
  const methods = {
    size,
    type,
    stream,
    arrayBuffer: () => toArrayBuffer(stream()),
    bytes: async () => new Uint8Array(await toArrayBuffer(stream())),
    text: () => toText(stream()),
    slice: (from: number = 0, to: number = size, sliceType: string = "") =>
      slice(part, offset(from, size), offset(to, size), sliceType),
    [Symbol.toPrimitive]: refuse,
  };
  for (const method of Reflect.ownKeys(methods)) {
    Object.defineProperty(blob, method, {
      value: methods[method as keyof typeof methods],
      configurable: true,
    });
  }
  // As an argument it is what a Blob of these bytes is.
  tellBlob(blob, { type, name, size, stream });
  return blob;
}

function slice(part: Part, from: number, to: number, type: string): Blob {
  const start = part.start + from;
  return dressed(bareBlob({ kind: "blob", type }, part.isReal), {
    ...part,
    type,
    name: undefined,
    start,
    end: Math.max(start, part.start + to),
  });
}

/** An offset as `Blob.slice` takes it: from the end where it is negative. */
function offset(given: number, size: number): number {
  const whole = Math.trunc(given) || 0;
  return Math.max(0, Math.min(size, whole < 0 ? size + whole : whole));
}
