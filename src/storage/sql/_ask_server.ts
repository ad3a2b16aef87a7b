/**
 * Asking a libSQL server, within bounds: a request takes a limited time, and who has waited in vain does not ask again for a
 * while. So an unreachable server costs a program a small part of its time, however many calls it makes.
 *
 * @module
 */

import { missingServerFlags } from "./_permissions.ts";

/** How long a server is left alone after a wait in vain: so many times as long as that took, … */
const PAUSE_FACTOR = 30;
/** … and no longer than this, in milliseconds. */
const LONGEST_PAUSE_MS = 30_000;

/** Until when servers are left alone, by origin, on the clock that only goes forward. */
const pauses = new Map<string, number>();
/** When they last answered, by the same. */
const answers = new Map<string, number>();

/**
 * Sends a request and reads the answer whole: those that the client asks for are no larger than a chunk or some pages of keys.
 *
 * @param request What is asked.
 * @param timeoutMs How long it may take until the last byte of the answer.
 * @throws {Error} With code `SERVER_UNREACHABLE`: when there was no whole answer in time, it was one of a server in trouble
 *   (status 500 and above), or there was none a moment ago.
 */
export async function askServer(request: Request, timeoutMs: number): Promise<Response> {
  const url = new URL(request.url);
  // The answer to an earlier request may have named another address.
  const missing = missingServerFlags(url);
  if (missing.length > 0) throw unreachable(url, `run Deno with ${missing.join(" ")}`);
  const begun = performance.now();
  if (begun < (pauses.get(url.origin) ?? -Infinity)) {
    throw unreachable(url, "it could not be reached a moment ago and is not asked again yet");
  }
  try {
    // Deno would ask for permission to follow to another host.
    const response = await fetch(request, { redirect: "error", signal: AbortSignal.timeout(timeoutMs) });
    const { status, headers } = response;
    const body = await response.arrayBuffer();
    if (status >= 500) throw new Error(`it answered with status ${status}`);
    pauses.delete(url.origin);
    answers.set(url.origin, performance.now());
    return new Response(body.byteLength === 0 ? null : body, { status, headers });
  } catch (error) {
    const now = performance.now();
    // One that has answered others meanwhile is there.
    if ((answers.get(url.origin) ?? -Infinity) < begun) {
      pauses.set(url.origin, now + Math.min((now - begun) * PAUSE_FACTOR, LONGEST_PAUSE_MS));
    }
    throw unreachable(url, reasonOf(error, timeoutMs), error);
  }
}

function unreachable(url: URL, reason: string, cause?: unknown): Error {
  const error = new Error(`Cannot reach server "${url.origin}": ${reason}`, { cause });
  return Object.assign(error, { code: "SERVER_UNREACHABLE" });
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === "TimeoutError" ? `no whole answer within ${timeoutMs} ms` : error.message;
}
