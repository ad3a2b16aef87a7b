/**
 * The file-system calls of the file medium: Node's own, taken on first use, with the flags that keep a hostile
 * directory from making us wait or follow.
 *
 * @module
 */

import { builtin } from "../../_runtime.ts";

type NodeFs = typeof import("node:fs");

let loaded: NodeFs | undefined;

/** Node's `fs`. */
export function nodeFs(): NodeFs {
  return loaded ??= builtin("node:fs");
}

/** The `code` of a system error, as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Whether an error says that nothing is there: no such file, or a file where one of its folders should be. */
export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

let readFlags: number | undefined;

/**
 * Opens a file for reading. Neither follows a symbolic link nor waits for the writer of a FIFO, where the platform can
 * say so (not on Windows, which has neither in a cache directory).
 */
export function openForReading(path: string): number {
  const fs = nodeFs();
  if (readFlags === undefined) {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
    readFlags = O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0);
  }
  return fs.openSync(path, readFlags);
}

/** Closes a file that was read. What was read was checked: an error that comes only now says nothing of it. */
export function closeRead(fd: number): void {
  try {
    nodeFs().closeSync(fd);
  } catch {
    // The descriptor is gone all the same.
  }
}

/** Creates a file that must not be there yet, for writing and reading. */
export function createNew(path: string): number {
  const fs = nodeFs();
  const { O_RDWR, O_CREAT, O_EXCL } = fs.constants;
  return fs.openSync(path, O_RDWR | O_CREAT | O_EXCL);
}

/** Reads up to `length` bytes at `position` into `into`; fewer at the end of the file. Gives how many. */
export async function readAt(
  fd: number,
  into: Uint8Array,
  length: number,
  position: number,
): Promise<number> {
  const fs = nodeFs();
  let done = 0;
  while (done < length) {
    const count = await new Promise<number>((resolve, reject) => {
      fs.read(
        fd,
        into,
        done,
        length - done,
        position + done,
        (error, read) => error === null ? resolve(read) : reject(error),
      );
    });
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** A file that is open for writing. */
export interface OpenFile {
  /** Its descriptor. */
  readonly fd: number;
  /** Where it is: the errors of writes do not say. */
  readonly path: string;
}

/** Writes the first `length` bytes of `from` at `position`. */
export async function writeAt(
  { fd, path }: OpenFile,
  from: Uint8Array,
  length: number,
  position: number,
): Promise<void> {
  const fs = nodeFs();
  for (let done = 0; done < length;) {
    done += await new Promise<number>((resolve, reject) => {
      fs.write(
        fd,
        from,
        done,
        length - done,
        position + done,
        (error, written) =>
          error === null || error === undefined ? resolve(written) : reject(writing(path, error)),
      );
    });
  }
}

/** Writes all of `bytes`, synchronously: for what is small. */
export function writeAllSync({ fd, path }: OpenFile, bytes: Uint8Array, position = 0): void {
  const fs = nodeFs();
  try {
    for (let done = 0; done < bytes.length;) {
      done += fs.writeSync(fd, bytes, done, bytes.length - done, position + done);
    }
  } catch (error) {
    throw writing(path, error);
  }
}

function writing(path: string, cause: unknown): Error {
  const message = `Cannot write "${path}": ${cause instanceof Error ? cause.message : String(cause)}`;
  const code = errorCode(cause);
  const error = new Error(message, { cause });
  return code === undefined ? error : Object.assign(error, { code });
}

/** Closes and removes a temporary file; neither can be helped if it fails, and the first error is what counts. */
export function discardTemporary(fd: number | undefined, path: string): void {
  const fs = nodeFs();
  try {
    if (fd !== undefined) fs.closeSync(fd);
  } catch {
    // Removing it matters more.
  }
  try {
    fs.unlinkSync(path);
  } catch {
    // It may be gone; what is left over is cleared by a later open.
  }
}
