/**
 * Closing what nobody can read any more: a stream that was dropped without being cancelled must not keep a file open.
 *
 * @module
 */

const closings = new FinalizationRegistry<() => unknown>((close) => {
  try {
    void Promise.resolve(close()).catch(() => {});
  } catch {
    // Nobody is left to be told.
  }
});

/**
 * Closes something when an object is collected as garbage.
 *
 * @param object What its readers hold; `close` must not refer to it.
 */
export function closeWhenDropped(object: object, close: () => unknown): void {
  closings.register(object, close);
}
