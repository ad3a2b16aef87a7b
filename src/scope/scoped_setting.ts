/**
 * A setting that is active for an async context and all that it starts: from here on (sticky), for a block (`using`),
 * or for a callback.
 *
 * Each opened scope is a node that knows the one before it. `AsyncLocalStorage.enterWith` alone would leak: an async
 * function's synchronous prefix shares its caller's context, and what it entered there is closed in another one. So
 * closing a scope marks its node dead, and whoever still holds a dead node reads on through its parent.
 *
 * What remains: between opening and closing, a scope that an async function opens by `using` before its first `await`
 * is seen by its caller as well. A scope opened by callback never is.
 *
 * @module
 */

import type { AsyncLocalStorage } from "node:async_hooks";
import { importOutside } from "../_load.ts";
import { builtin } from "../_runtime.ts";

interface Node<T> {
  readonly value: T | undefined;
  parent: Node<T> | undefined;
  live: boolean;
}

/** An opened scope. Left alone it lasts as long as its async context; `using` closes it at the end of the block. */
export interface Scope extends Disposable {
  /** Closes the scope: what was active before is active again. Closing twice is harmless. */
  [Symbol.dispose](): void;
}

function firstLive<T>(node: Node<T> | undefined): Node<T> | undefined {
  while (node !== undefined && !node.live) node = node.parent;
  return node;
}

/** One kind of setting and its scopes. Costs nothing until the first scope is opened. */
export class ScopedSetting<T extends NonNullable<unknown>> {
  #contexts: AsyncLocalStorage<Node<T> | undefined> | undefined;
  /** A scope whose handle is gone can no longer be closed: where it hides what is around it, that can go as well. */
  readonly #abandoned: FinalizationRegistry<Node<T>>;

  /** @param hides Whether a live value hides those around it for good. */
  constructor(hides: (value: T) => boolean) {
    this.#abandoned = new FinalizationRegistry((node) => {
      if (node.live && node.value !== undefined && hides(node.value)) node.parent = undefined;
    });
  }

  #open(): AsyncLocalStorage<Node<T> | undefined> {
    if (this.#contexts === undefined) {
      this.#contexts = new (builtin("node:async_hooks").AsyncLocalStorage)();
      importOutside(this.#contexts as AsyncLocalStorage<never>);
    }
    return this.#contexts;
  }

  #node(value: T): Node<T> {
    return { value, parent: firstLive(this.#contexts?.getStore()), live: true };
  }

  /** The value of the innermost scope that is still open. */
  get(): T | undefined {
    return this.#contexts === undefined ? undefined : firstLive(this.#contexts.getStore())?.value;
  }

  /** The values of all open scopes, innermost first. */
  *all(): Generator<T, void> {
    for (
      let node = firstLive(this.#contexts?.getStore());
      node !== undefined;
      node = firstLive(node.parent)
    ) {
      if (node.value !== undefined) yield node.value;
    }
  }

  /** Opens a scope from here on, in this async context and all that it starts. */
  enter(value: T): Scope {
    const contexts = this.#open();
    const node = this.#node(value);
    contexts.enterWith(node);
    const scope: Scope = {
      [Symbol.dispose]() {
        node.live = false;
        // Keeps chains short where scopes are opened and closed in a loop.
        contexts.enterWith(firstLive(contexts.getStore()));
      },
    };
    this.#abandoned.register(scope, node);
    return scope;
  }

  /** Runs `body` in a scope, through its awaits and whatever it starts; nothing beside it sees the scope. */
  run<R>(value: T, body: () => R): R {
    return this.#open().run(this.#node(value), body);
  }

  /** Keeps from the caller the scopes that `body` opens before its first `await`. */
  isolate<R>(body: () => R): R {
    if (this.#contexts === undefined) return body();
    // A node of its own, and a dead one, so that it is only read through: Bun's `run` restores nothing afterwards when it is
    // given the store that is active already.
    const parent = firstLive(this.#contexts.getStore());
    return this.#contexts.run({ value: undefined, parent, live: false }, body);
  }
}
