/**
 * Loading code on first use. Every `import()` in `src` goes through here, because of what Deno makes of one.
 *
 * In Deno 2.9 the async context in which `import()` is called for the first time stays behind as that of whatever the
 * runtime calls next, such as the handlers of `Deno.serve`: these would then see a scope that was never theirs.
 *
 * @module
 */

import type { AsyncLocalStorage } from "node:async_hooks";

const contexts: AsyncLocalStorage<unknown>[] = [];

/** Makes imports be called outside of a context, from now on. */
export function importOutside(context: AsyncLocalStorage<never>): void {
  contexts.push(context as AsyncLocalStorage<unknown>);
}

/**
 * Loads a module.
 *
 * @param load Says `import("…")` and nothing else, so that the path can be found by those who analyse the source.
 */
export function loadCode<T>(load: () => Promise<T>): Promise<T> {
  let outside = load;
  for (const context of contexts) {
    if (context.getStore() === undefined) continue;
    const body = outside;
    // Not by `exit`, which in Deno leaves nothing.
    outside = () => context.run(undefined, body);
  }
  return outside();
}
