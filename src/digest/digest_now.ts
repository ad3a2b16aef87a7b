/**
 * The digest of a value: SHA-256 of its canonical form, by scheme `fleche-1`, which `README.md` here specifies. Two
 * values that differ never share one; what cannot be digested faithfully is refused by name.
 *
 * @module
 */
import { DigestError } from "../errors.ts";
import { blobContentDigest } from "./_blob_content.ts";
import { loadSha256, type Sha256 } from "./sha256.ts";
import { writeValue } from "./_value.ts";
import { acquireWalk, releaseWalk, type StandIn, type Walk } from "./_walk.ts";

/** What a value's form begins with: the scheme, and that it is a value and not, say, a call. */
const DOMAIN = "fleche-1/value\0";

/**
 * The digest of a value, at once for everything that holds no Blob or File.
 *
 * @param value Any value.
 * @param standIn What is kept in the place of functions and instances that have no digest: for results, of which that is
 *   what will be read again. Never for arguments.
 * @returns Its digest, or the promise of it.
 * @throws {DigestError} (or rejects with it) When something in the value has no faithful digest.
 */
export function digestNow(value: unknown, standIn?: StandIn): string | Promise<string> {
  const loading = loadSha256();
  if (loading !== undefined) return loading.then(() => digestNow(value, standIn));
  const walk = acquireWalk();
  walk.standIn = standIn;
  try {
    walk.out.begin(DOMAIN);
    writeValue(walk, value);
    if (walk.blobs.length === 0) return walk.out.finish();
    return withContents(walk.out.detach(), walk.blobs);
  } catch (error) {
    throw asDigestError(error, walk);
  } finally {
    releaseWalk(walk);
  }
}

/** The contents of Blobs follow the form, in the order in which the form names them. */
async function withContents(hash: Sha256, blobs: Walk["blobs"]): Promise<string> {
  for (const { blob, path } of blobs) hash.update(await blobContentDigest(blob, path));
  return hash.hex();
}

/** What reading a value can throw, a getter or a hook of the user's included, is a reason to refuse the value. */
function asDigestError(thrown: unknown, walk: Walk): DigestError {
  if (thrown instanceof DigestError) return thrown;
  const reason = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  const error = new DigestError(walk.path(), `reading it threw "${reason}"`);
  error.cause = thrown;
  return error;
}
