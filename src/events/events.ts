/**
 * Who is told what becomes of calls: the listeners of one cache, and the channels of the process.
 *
 * @module
 */

import type { Channel } from "node:diagnostics_channel";
import { builtin } from "../_runtime.ts";
import { warnOnce } from "../_warn.ts";
import type { CacheEvent } from "./types.ts";

/** What is told of calls (hit, miss, warning), and of storages (put, evict), for whoever listens to all caches of a process. */
export const CHANNELS = { call: "fleche:call", storage: "fleche:storage" } as const;

let callChannel: Channel | undefined;
let storageChannel: Channel | undefined;

/** Looked up by the first call that is made, which has the seam loaded anyway. */
function channelOf(name: keyof typeof CHANNELS): Channel {
  return builtin("node:diagnostics_channel").channel(CHANNELS[name]);
}

/** Told of every event. What it throws, or rejects with, is a warning. */
export type CacheEventListener = (event: CacheEvent) => unknown;

/**
 * The events of one cache.
 *
 * Listeners are called synchronously, in the order in which they subscribed, in the midst of the call that is told of: what
 * takes time is theirs to put off. The same events go to `node:diagnostics_channel`, to `fleche:call` (hit, miss, warning) and
 * `fleche:storage` (put, evict), where those of all caches of the process come together; what a subscriber there throws is an
 * uncaught error of the process. While nobody listens no event is made, and no clock is read.
 *
 * @example Why calls were not hits
 * ```ts
 * import { Cache, fleche, Memory } from "@fleche/fleche";
 *
 * const cache = new Cache({ values: new Memory(), calls: new Memory() });
 * const reasons: string[] = [];
 * using _subscription = cache.events.subscribe((event) => {
 *   if (event.type === "miss") reasons.push(event.reason);
 * });
 * const area = fleche((w: number, h: number) => w * h, { name: "area", cache });
 * await area(2, 3);
 * await area(2, 3);
 * console.assert(reasons.join() === "absent");
 * ```
 */
export class Events {
  /** Replaced whenever it changes: who subscribes or leaves while an event is told changes nothing about that one. */
  #listeners: readonly { readonly listener: CacheEventListener }[] = [];

  /** Whether anybody wants to know of calls. */
  get hearsCalls(): boolean {
    return this.#listeners.length > 0 || (callChannel ??= channelOf("call")).hasSubscribers;
  }

  /** Whether anybody wants to know of what is kept and what leaves. */
  get hearsStorages(): boolean {
    return this.#listeners.length > 0 || (storageChannel ??= channelOf("storage")).hasSubscribers;
  }

  /**
   * Has a listener told of every event from now on. Asks for no permission.
   *
   * @param listener What it throws, or rejects with, is a warning, and disturbs neither the call nor other listeners.
   * @returns What ends it, with `using` or by `[Symbol.dispose]()`.
   */
  subscribe(listener: CacheEventListener): Disposable {
    if (typeof listener !== "function") {
      throw new TypeError(`Cannot subscribe ${String(listener)}: expected a function`);
    }
    const subscription = { listener };
    this.#listeners = [...this.#listeners, subscription];
    return {
      [Symbol.dispose]: () => {
        this.#listeners = this.#listeners.filter((each) => each !== subscription);
      },
    };
  }

  /** Tells everybody. Never throws. */
  tell(event: CacheEvent): void {
    for (const { listener } of this.#listeners) {
      try {
        const answer = listener(event);
        if (answer instanceof Promise) answer.catch(listenerFailed);
      } catch (error) {
        listenerFailed(error);
      }
    }
    // What a subscriber there throws, the runtime throws again later, as an uncaught error of the process.
    if (event.type === "put" || event.type === "evict") {
      (storageChannel ??= channelOf("storage")).publish(event);
    } else (callChannel ??= channelOf("call")).publish(event);
  }
}

function listenerFailed(error: unknown): void {
  let text = "it cannot be told what";
  try {
    text = String(error);
  } catch {
    // An error that cannot even be written.
  }
  warnOnce(`listener ${text}`, `Cannot tell an event: its listener threw ${text}`);
}
