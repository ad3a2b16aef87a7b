/**
 * Waiting for a while, unless somebody calls it off.
 *
 * @module
 */

/**
 * Resolves after a while, for which it keeps the process alive.
 *
 * @throws (rejects) The signal's reason, when it aborts.
 */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
