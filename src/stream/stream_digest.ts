/**
 * The digest of a streamed result, under which its bytes are kept: of its form and of its bytes by chunks, so that it is
 * known when the last of them has come. Specified in `src/digest/README.md`.
 *
 * @module
 */

import { digestNow } from "../digest/digest_now.ts";
import { sha256Hex } from "../digest/sha256.ts";
import type { StreamForm } from "./types.ts";

const text = new TextEncoder();

/**
 * Digests a stream.
 *
 * @param contentDigest What `Draft.digest` gives of its bytes.
 * @returns 64 lower-case hexadecimal digits, never those of a value that is no stream.
 */
export async function streamDigest(form: StreamForm, contentDigest: string): Promise<string> {
  // When a File was last changed is no part of it, as in the digest of one.
  const told = form.kind === "file" ? { ...form, lastModified: 0 } : form;
  return sha256Hex(text.encode(`fleche-1/stream\0${await digestNow(told)}${contentDigest}`));
}
