/**
 * The configuration file's text: bounded, of a regular file only, and never with a permission prompt.
 *
 * @module
 */

// `as` here: what is thrown by file systems has a `code` that no type says.

import { builtin, isPermitted, permissionFlag } from "../_runtime.ts";
import { ConfigError } from "../errors.ts";
import type { Source } from "./_fault.ts";

/** Far more than any configuration needs, and so little that the parser is done in a moment whatever it is fed. */
const MOST_BYTES = 64 * 1024;

/** What came of reading. */
export type FileText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable"; readonly reason: string; readonly cause?: unknown };

/**
 * Reads a configuration file.
 *
 * @param file An absolute path.
 * @throws {ConfigError} When what is there is no regular file, is too large, or is not UTF-8.
 */
export function readConfigurationFile(file: string): FileText {
  if (!isPermitted("read", file)) {
    return {
      kind: "unreadable",
      reason: `no permission to read it (Deno needs ${permissionFlag("read", [file])})`,
    };
  }
  const fs = builtin("node:fs");
  let bytes: Uint8Array;
  try {
    // Looked at first: opening a FIFO waits for a writer, and a device may never end.
    const stats = fs.statSync(file);
    if (!stats.isFile()) {
      throw new ConfigError(
        "config-invalid",
        `it is ${stats.isDirectory() ? "a folder" : "no regular file"}`,
        {
          file,
        },
      );
    }
    if (stats.size > MOST_BYTES) throw tooLarge(file, stats.size);
    bytes = fs.readFileSync(file);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = (error as { code?: unknown } | null)?.code;
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "absent" };
    return {
      kind: "unreadable",
      reason: error instanceof Error ? error.message : String(error),
      cause: error,
    };
  }
  if (bytes.length > MOST_BYTES) throw tooLarge(file, bytes.length);
  return { kind: "text", text: decode(bytes, { file }) };
}

function tooLarge(file: string, sizeBytes: number): ConfigError {
  const message = `it is ${sizeBytes} bytes large, expected at most ${MOST_BYTES}`;
  return new ConfigError("config-invalid", message, { file });
}

/** UTF-8 as it must be; a byte order mark is skipped. */
function decode(bytes: Uint8Array, source: Source): string {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    const place = `line ${lineOfFault(bytes, decoder)}`;
    const message = `no UTF-8 text at ${place}: save the file as UTF-8`;
    throw new ConfigError("config-syntax", message, { file: source.file, place, cause });
  }
}

/** No character of UTF-8 contains the byte of a line end, so lines can be tried one by one. */
function lineOfFault(bytes: Uint8Array, decoder: TextDecoder): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    const next = end === -1 ? bytes.length : end + 1;
    try {
      decoder.decode(bytes.subarray(start, next));
    } catch {
      return line;
    }
    start = next;
  }
  return line;
}
