/**
 * A stored body over HTTP: the answer to a request for it, whole or in part, after RFC 9110. What is served, and where its
 * bytes come from, is the caller's.
 *
 * @module
 */

import type { ByteRange } from "../storage/types.ts";
import { failedPrecondition, rangeApplies, type Validators } from "./_preconditions.ts";
import { partOf } from "./_range.ts";

/** A body, and what is said of it in the answer. */
export interface ServedBody {
  /** Its size in bytes. */
  readonly size: number;
  /** What its bytes are known by, as their digest is: equal for equal bytes only. It is put in quotes. */
  readonly etag: string;
  /** Its media type. */
  readonly type: string;
  /** When it was made, where that is known. One in the future is not sent (section 8.8.2.1). */
  readonly lastModified?: Date | undefined;
  /** The bytes, or a part of them; called once for an answer that has any, and never for another. */
  stream(range?: ByteRange): ReadableStream<Uint8Array<ArrayBuffer>>;
}

/**
 * The answer to a request for a stored body.
 *
 * - 200 with the whole, or 206 with the one range that is asked for. Several ranges, and what is no range, get the
 *   whole (section 14.2).
 * - 304 or 412 as the conditions of the request say (section 13).
 * - 416 when nothing of the range is there (section 15.5.17).
 * - 405 to other methods than GET and HEAD. HEAD has the fields of the whole, and no body (section 9.3.2).
 *
 * `Bun.serve` (1.4) sends a stream in chunks, without the `Content-Length` that is said here; `Deno.serve` sends both.
 *
 * @param request Its method and header fields count; `undefined` is a plain GET.
 */
export function storedResponse(request: Request | undefined, stored: ServedBody): Response {
  const method = request?.method ?? "GET";
  if (method !== "GET" && method !== "HEAD") return empty(405, { "Allow": "GET, HEAD" });
  const asked = request?.headers ?? new Headers();
  const etag = `"${stored.etag}"`;
  const modified = pastSeconds(stored.lastModified);
  const current: Validators = { tag: stored.etag, modified };

  const failed = failedPrecondition(asked, current);
  // Fields that only describe the body would be noise to who has it (section 15.4.5).
  if (failed !== undefined) return empty(failed, failed === 304 ? { "ETag": etag } : {});

  const { size } = stored;
  // Ranges are for GET (section 14.2).
  const part = method === "GET" && rangeApplies(asked, current) ? partOf(asked.get("Range"), size) : "whole";
  if (part === "none") return empty(416, { "Accept-Ranges": "bytes", "Content-Range": `bytes */${size}` });

  const isWhole = part === "whole";
  const headers = new Headers({
    "Accept-Ranges": "bytes",
    "Content-Length": String(isWhole ? size : part.end - part.start),
    "Content-Type": stored.type,
    "ETag": etag,
  });
  if (modified !== undefined) headers.set("Last-Modified", new Date(modified * 1000).toUTCString());
  if (!isWhole) headers.set("Content-Range", `bytes ${part.start}-${part.end - 1}/${size}`);
  const body = method === "HEAD" || size === 0 ? null : isWhole ? stored.stream() : stored.stream(part);
  return new Response(body, { status: isWhole ? 200 : 206, headers });
}

function empty(status: number, headers: Record<string, string>): Response {
  return new Response(null, { status, headers });
}

/** Whole seconds, as header fields have them; `undefined` for what is not in the past. */
function pastSeconds(date: Date | undefined): number | undefined {
  const ms = date?.getTime() ?? NaN;
  return ms <= Date.now() ? Math.floor(ms / 1000) : undefined;
}
