/**
 * The contents of Blobs and Files, hashed slice by slice: a Blob's own stream hands out all of it as one chunk in some
 * runtimes, and a Blob over a file is then in memory at once.
 *
 * @module
 */
import { DigestError } from "../errors.ts";
import { getterOf } from "./_getter.ts";
import { createSha256 } from "./sha256.ts";
import { toldBlob } from "./told_blob.ts";

const SLICE_BYTES = 1 << 20;

/**
 * SHA-256 of a Blob's content, in flat memory.
 *
 * @param path Where the Blob stands, for the error.
 * @throws {DigestError} When its content cannot be read.
 */
export async function blobContentDigest(blob: Blob, path: string): Promise<Uint8Array> {
  const hash = createSha256();
  const told = toldBlob(blob);
  if (told !== undefined) {
    let size = 0;
    try {
      for await (const chunk of told.stream()) {
        hash.update(chunk);
        size += chunk.length;
      }
      if (size !== told.size) throw new RangeError("it is shorter than it was");
    } catch (cause) {
      throw unreadable(path, cause);
    }
    return hash.bytes();
  }
  const { slice, arrayBuffer } = Blob.prototype;
  const size = Number(getterOf(Blob.prototype, "size").call(blob));
  try {
    for (let start = 0; start < size; start += SLICE_BYTES) {
      const end = Math.min(size, start + SLICE_BYTES);
      const bytes = await arrayBuffer.call(slice.call(blob, start, end));
      if (bytes.byteLength !== end - start) throw new RangeError("it is shorter than it was");
      hash.update(new Uint8Array(bytes));
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
  return hash.bytes();
}

function unreadable(path: string, cause: unknown): DigestError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const error = new DigestError(path, `its content cannot be read: ${reason}`);
  error.cause = cause;
  return error;
}
