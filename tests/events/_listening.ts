/** Listening to a cache, for tests. */
import type { Cache, CacheEvent } from "../../mod.ts";

/** What a cache tells while `body` runs. */
export async function eventsOf(cache: Cache, body: () => unknown): Promise<CacheEvent[]> {
  const heard: CacheEvent[] = [];
  const subscription = cache.events.subscribe((event) => heard.push(event));
  try {
    await body();
  } finally {
    subscription[Symbol.dispose]();
  }
  return heard;
}

/** Events as short texts: `miss absent`, `evict damaged`, `warning unreadable`, else their type. */
export function inShort(events: readonly CacheEvent[]): string[] {
  return events.map((event) => {
    if (event.type === "miss" || event.type === "evict") return `${event.type} ${event.reason}`;
    return event.type === "warning" ? `warning ${event.code}` : event.type;
  });
}
