/**
 * The form of a streamed result as it stands in a call record: checked when it is read back.
 *
 * @module
 */

import type { StreamForm } from "./types.ts";

/** How the bytes of a form are written: the `codec` of its record. */
export function codecNameOf({ kind }: StreamForm): "bytes" | "cbor-sequence" {
  return kind === "items" || kind === "iterable" ? "cbor-sequence" : "bytes";
}

/** Reads a form; `undefined` for what is none, or none that this version can make again. */
export function formFromData(data: unknown): StreamForm | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { kind, type, name, lastModified } = data as Record<string, unknown>;
  switch (kind) {
    case "bytes":
    case "items":
    case "iterable":
      return { kind };
    case "response":
      return responseForm(data as Record<string, unknown>);
    case "blob":
      return typeof type === "string" ? { kind, type } : undefined;
    case "file":
      return typeof type === "string" && typeof name === "string" && typeof lastModified === "number"
        ? { kind, type, name, lastModified }
        : undefined;
    default:
      return undefined;
  }
}

function responseForm(
  { status, statusText, headers, hasBody }: Record<string, unknown>,
): StreamForm | undefined {
  const isWhole = typeof status === "number" && typeof statusText === "string" &&
    typeof hasBody === "boolean" &&
    Array.isArray(headers) && headers.every(isHeader);
  if (!isWhole) return undefined;
  try {
    // Whatever it would refuse later.
    void new Response(null, { status, statusText, headers });
  } catch {
    return undefined;
  }
  return { kind: "response", status, statusText, headers, hasBody };
}

function isHeader(pair: unknown): pair is [string, string] {
  return Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === "string");
}
