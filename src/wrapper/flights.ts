/**
 * One execution for many callers: whoever calls while the same call is under way in this process waits for its result, or
 * follows it where it is a stream.
 *
 * @module
 */

import { loadCode } from "../_load.ts";
import { everyUnref } from "../_runtime.ts";
import type { Cache } from "../cache/cache.ts";
import { ScopedSetting } from "../scope/scoped_setting.ts";
import type { Lease } from "../storage/types.ts";
import type { Recording } from "../stream/recording.ts";
import { abortable, hasAborted } from "../stream/signals.ts";
import type { FedForm } from "../stream/types.ts";

/** From so long on a stream whose readers ask for nothing is not waited for by other processes, in milliseconds. */
const LONGEST_IDLE_MS = 5000;

/**
 * What another call's execution came to: a stream of one's own; that the result is kept, and can be read; or nothing that
 * can be shared, so that everybody runs the function alone.
 */
export type Shared = { readonly value: unknown } | "kept" | "alone";

interface Waiter {
  readonly signals: readonly AbortSignal[];
  readonly resolve: (shared: Shared | Promise<Shared>) => void;
  readonly reject: (error: unknown) => void;
}

const flights = new WeakMap<Cache, Map<string, Flight>>();
const currentFlight = new ScopedSetting<Flight>(() => false);
let landed = 0;

/** How many executions have ended: a lookup during which one did may have come too early for its result. */
export function landings(): number {
  return landed;
}

/** The execution of a call that is under way; `"own"` when it waits for whoever asks, who must not wait for it. */
export function flightOf(cache: Cache, key: string): Flight | "own" | undefined {
  const flight = flights.get(cache)?.get(key);
  if (flight === undefined) return undefined;
  return flight.waitsForAny(new Set(currentFlight.all())) ? "own" : flight;
}

/** One execution. */
export class Flight {
  readonly #cache: Cache;
  readonly #key: string;
  readonly #signals: readonly AbortSignal[];
  readonly #waiters: Waiter[] = [];
  /** The executions whose functions wait for this one's callers: they make a cycle when it waits for them. */
  readonly #waitsFor = new Set<Flight>();
  #stream: { readonly recording: Recording; readonly form: FedForm } | undefined;
  #lease: Lease | undefined;
  #stopWatching: (() => void) | undefined;
  #isOver = false;

  /** @param signals The signals of whoever leads: when these abort, a failure is theirs alone. */
  constructor(cache: Cache, key: string, signals: readonly AbortSignal[]) {
    this.#cache = cache;
    this.#key = key;
    this.#signals = signals;
    let here = flights.get(cache);
    if (here === undefined) flights.set(cache, here = new Map());
    here.set(key, this);
  }

  /** Whether the result is a stream that others can follow: the execution goes on then. */
  get isShared(): boolean {
    return this.#stream !== undefined;
  }

  /** Holds a lease until the execution is over. */
  hold(lease: Lease): void {
    this.#lease = lease;
  }

  /** Runs the function; calls that it makes are known to be made by it. */
  run<T>(body: () => T): T {
    return currentFlight.run(this, body);
  }

  /** Whether this execution is one of `others`, or waits for one. */
  waitsForAny(others: ReadonlySet<Flight>, seen: Set<Flight> = new Set()): boolean {
    if (others.has(this)) return true;
    seen.add(this);
    for (const flight of this.#waitsFor) {
      if (!seen.has(flight) && flight.waitsForAny(others, seen)) return true;
    }
    return false;
  }

  /**
   * Waits for what this execution comes to.
   *
   * @throws (rejects) What the function threw; the reason of a signal that aborts meanwhile.
   */
  async join(signals: readonly AbortSignal[]): Promise<Shared> {
    // Whether it gives anything then is the function's own to say.
    if (hasAborted(signals)) return "alone";
    if (this.#stream !== undefined) return await this.#follow(signals);
    const callers = [...currentFlight.all()];
    const aborted = Promise.withResolvers<never>();
    const onAbort = (event: Event): void => aborted.reject((event.target as AbortSignal).reason);
    for (const signal of signals) signal.addEventListener("abort", onAbort, { once: true });
    for (const caller of callers) caller.#waitsFor.add(this);
    try {
      const shared = new Promise<Shared>((resolve, reject) => {
        this.#waiters.push({ signals, resolve, reject });
      });
      return await (signals.length === 0 ? shared : Promise.race([shared, aborted.promise]));
    } finally {
      for (const caller of callers) caller.#waitsFor.delete(this);
      for (const signal of signals) signal.removeEventListener("abort", onAbort);
    }
  }

  /** The result is a stream: all who wait follow it, and later ones until it ends. */
  share(recording: Recording, form: FedForm): void {
    this.#stream = { recording, form };
    if (this.#lease !== undefined) this.#watch(recording);
    for (const { signals, resolve } of this.#waiters.splice(0)) {
      // Nobody would read it, nor close it.
      if (!hasAborted(signals)) resolve(this.#follow(signals));
    }
  }

  /** Nobody in another process waits for a reader here who does not read. */
  #watch(recording: Recording): void {
    let seen = -1;
    this.#stopWatching = everyUnref(LONGEST_IDLE_MS, () => {
      if (recording.isIdle && recording.size === seen) this.#giveBack();
      seen = recording.size;
    });
  }

  #giveBack(): void {
    this.#stopWatching?.();
    void this.#lease?.release();
    this.#lease = undefined;
  }

  async #follow(signals: readonly AbortSignal[]): Promise<Shared> {
    if (this.#stream === undefined || !this.#stream.recording.isWhole) return "alone";
    const { recording, form } = this.#stream;
    // The place is taken at once: who has read everything by the time that the code is there would be the last reader.
    const feed = abortable(recording.read(), signals);
    const { restore } = await loadCode(() => import("../stream/restore.ts"));
    return { value: await restore(form, feed) };
  }

  /** The execution is over: its result is kept, or everybody is alone. */
  land(outcome: "kept" | "alone"): void {
    if (!this.#end()) return;
    for (const { resolve } of this.#waiters.splice(0)) resolve(outcome);
  }

  /** The function failed, and so all who wait. */
  fail(error: unknown): void {
    if (hasAborted(this.#signals)) return this.land("alone");
    if (!this.#end()) return;
    for (const { reject } of this.#waiters.splice(0)) reject(error);
  }

  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    landed++;
    this.#giveBack();
    const here = flights.get(this.#cache);
    if (here?.get(this.#key) === this) here.delete(this.#key);
    return true;
  }
}
