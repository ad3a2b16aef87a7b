/**
 * The digest of what is in a Blob or a File.
 *
 * @module
 */
import { DigestError } from "../errors.ts";
import { blobChunks } from "./blob_chunks.ts";
import { createSha256 } from "./sha256.ts";

/**
 * SHA-256 of a Blob's content, in flat memory.
 *
 * @param path Where the Blob stands, for the error.
 * @throws {DigestError} When its content cannot be read.
 */
export async function blobContentDigest(blob: Blob, path: string): Promise<Uint8Array> {
  const hash = createSha256();
  try {
    for await (const chunk of blobChunks(blob)) hash.update(chunk);
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
