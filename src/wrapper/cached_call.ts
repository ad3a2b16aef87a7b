/**
 * One call, the whole trip: key, lookup, run, keep. Read downwards; everything else in the module serves this.
 *
 * @module
 */

import { type Lookup, lookup, type Miss } from "../cache/lookup.ts";
import type { Active } from "../scope/active.ts";
import { VoidStorage } from "../storage/void_storage.ts";
import { signalsOf } from "../stream/signals.ts";
import { CallEvents } from "./call_events.ts";
import type { Callee, PreparedCall } from "./callee.ts";
import { compute, type Trip } from "./compute.ts";
import { Flight, flightOf, landings } from "./flights.ts";
import { watchFound } from "./progress.ts";
import { callRefused, lookupFailed } from "./report.ts";

/**
 * Calls a function through its cache. The cache never makes the call fail: what it cannot do is a warning, and an error
 * only under `strict`.
 *
 * @param active What was active when the call was made.
 */
export async function callCached(
  callee: Callee,
  active: Active,
  receiver: unknown,
  args: readonly unknown[],
): Promise<unknown> {
  const { cache } = active;
  const events = new CallEvents(callee, cache);
  try {
    if (cache.values instanceof VoidStorage) return await events.runUncached(receiver, args);
    if (!callee.isReady) await callee.getReady();

    let prepared: PreparedCall;
    try {
      const preparing = callee.prepare(receiver, args);
      prepared = preparing instanceof Promise ? await preparing : preparing;
      callee.claim(cache, prepared);
    } catch (error) {
      callRefused(callee, cache, error);
      return await events.runUncached(receiver, args);
    }
    events.hasKey(prepared.key);

    const trip = { callee, active, receiver, args, prepared, events };
    if (active.refresh) {
      events.reason = "refresh";
      return await compute(trip);
    }
    const finding = find(trip);
    const found = finding instanceof Promise ? await finding : finding;
    if (found.hit) return events.hit(found);
    return await (cache.singleFlight === "off" ? compute(trip) : computeOnce(trip));
  } catch (error) {
    events.miss({ failed: true });
    throw error;
  }
}

/** What is kept for a call. */
function find(trip: Trip): Lookup | Promise<Lookup> {
  const { callee, active: { cache }, args, prepared: { key } } = trip;
  const landed = landings();
  const found = lookup(cache, key, { args, watch: watchFound(callee, key) });
  if (found instanceof Promise) return findLater(trip, { found, landed });
  if (!found.hit) missed(trip, found);
  return found;
}

async function findLater(
  trip: Trip,
  looking: { readonly found: Promise<Lookup>; readonly landed: number },
): Promise<Lookup> {
  let found = await looking.found;
  // Another caller may have kept it while we looked, too late to be seen.
  if (!found.hit && landings() !== looking.landed) {
    const { callee, active: { cache }, args, prepared: { key } } = trip;
    found = await lookup(cache, key, { args, watch: watchFound(callee, key) });
  }
  if (!found.hit) missed(trip, found);
  return found;
}

function missed({ callee, active: { cache }, events }: Trip, { reason, ...why }: Miss): void {
  const known = events.reason;
  // Looked up again, what was found wrong may have been set aside meanwhile.
  if (known === undefined || known === "absent") events.reason = reason;
  if (reason !== "absent" && reason !== known) lookupFailed(callee, cache, { reason, ...why });
}

/** Runs the function, unless another caller has it running: then its result is this one's too. */
async function computeOnce(trip: Trip): Promise<unknown> {
  const { active: { cache }, prepared: { key }, args, events } = trip;
  const signals = signalsOf(args);
  const others = flightOf(cache, key);
  if (others === "own") return await compute(trip);
  if (others !== undefined) {
    events.waited = true;
    const shared = await others.join(signals);
    if (typeof shared === "object") return events.joined(shared.value);
    const found = shared === "kept" ? await find(trip) : undefined;
    return found?.hit ? events.hit(found) : await compute(trip);
  }
  const flight = new Flight(cache, key, signals);
  try {
    const result = await flight.run(() => computeLeased(trip, flight));
    if (!flight.isShared) flight.land("alone");
    return result;
  } catch (error) {
    flight.fail(error);
    throw error;
  }
}

/**
 * Runs the function, unless another process has it running: then its result is waited for. Leases spare work and no more:
 * where there is none to be had, the function runs.
 */
async function computeLeased(trip: Trip, flight: Flight): Promise<unknown> {
  const { active: { cache }, prepared: { key }, args, events } = trip;
  const { leases } = cache.calls;
  if (leases === undefined || cache.singleFlight === "process") return await compute(trip, flight);
  try {
    const lease = await leases.take(key);
    if (lease === undefined) {
      events.waited = true;
      await leases.wait(key, { signal: AbortSignal.any([...signalsOf(args)]) });
    } else flight.hold(lease);
  } catch (error) {
    if (signalsOf(args).some(({ aborted }) => aborted)) throw error;
    return await compute(trip, flight);
  }
  // Kept by the other process, which we have waited for or which was done just now. When it is not, all who waited run at
  // the same time, without leases.
  const found = await find(trip);
  if (!found.hit) return await compute(trip, flight);
  flight.land("kept");
  return events.hit(found);
}
