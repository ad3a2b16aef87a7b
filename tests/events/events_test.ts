import assert from "node:assert/strict";
import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import test from "node:test";
import { Cache, type CacheEvent, Events, fleche, Memory } from "../../mod.ts";
import { warningsOf } from "../_warnings.ts";
import { eventsOf, inShort } from "./_listening.ts";

const memory = (name: string = "test"): Cache =>
  new Cache({ values: new Memory(), calls: new Memory(), name });
const evicted = (key: string): CacheEvent => ({
  type: "evict",
  cache: "test",
  storage: "values",
  key,
  reason: "size",
});
const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

test("Events tells every listener, in the order in which they subscribed", () => {
  const events = new Events();
  const heard: string[] = [];
  events.subscribe(() => heard.push("first"));
  events.subscribe(() => heard.push("second"));
  events.tell(evicted("a"));
  assert.deepEqual(heard, ["first", "second"]);
});

test("Events.subscribe ends with what it gives, once and for that subscription alone", () => {
  const events = new Events();
  let heard = 0;
  const listener = () => heard++;
  const subscription = events.subscribe(listener);
  events.subscribe(listener);
  subscription[Symbol.dispose]();
  subscription[Symbol.dispose]();
  events.tell(evicted("a"));
  assert.equal(heard, 1);
});

test("Events.subscribe refuses what is no function", () => {
  assert.throws(
    () => new Events().subscribe({} as never),
    /Cannot subscribe \[object Object\]: expected a function/,
  );
});

test("Events tells of an event those who were there when it came, whoever leaves or comes meanwhile", () => {
  const events = new Events();
  const heard: string[] = [];
  events.subscribe(() => {
    second[Symbol.dispose]();
    events.subscribe(() => heard.push("late"));
  });
  const second = events.subscribe(() => heard.push("second"));
  events.tell(evicted("a"));
  assert.deepEqual(heard, ["second"]);
});

test("a listener that throws or rejects is one warning, and disturbs nobody", async () => {
  const cache = memory();
  const f = fleche((a: number) => a, { name: "disturbed", cache, strict: true });
  const heard: string[] = [];
  cache.events.subscribe(() => {
    throw new RangeError("from a listener");
  });
  cache.events.subscribe(() => Promise.reject(new RangeError("from a listener, later")));
  cache.events.subscribe(() => {
    throw { toString: () => assert.fail() };
  });
  cache.events.subscribe(({ type }) => heard.push(type));
  const warnings = await warningsOf(async () => {
    assert.equal(await f(1), 1);
    assert.equal(await f(1), 1);
    await later();
  });
  assert.deepEqual(heard, ["miss", "put", "hit"]);
  assert.deepEqual(warnings.toSorted(), [
    "fleche: Cannot tell an event: its listener threw RangeError: from a listener",
    "fleche: Cannot tell an event: its listener threw RangeError: from a listener, later",
    "fleche: Cannot tell an event: its listener threw it cannot be told what",
  ]);
});

test("a listener may call the cached function that it is told of", async () => {
  const cache = memory();
  const f = fleche((a: number) => a, { name: "called by a listener", cache });
  let called: Promise<unknown> | undefined;
  const heard = await eventsOf(cache, async () => {
    cache.events.subscribe(({ type }) => {
      if (type === "put") called ??= f(1);
    });
    await f(1);
    assert.equal(await called, 1);
  });
  assert.deepEqual(inShort(heard), ["miss absent", "put", "hit"]);
});

test("the channels have the same objects: calls on fleche:call, storages on fleche:storage, of every cache", async () => {
  const [one, two] = [memory("one"), memory("two")];
  const calls: CacheEvent[] = [];
  const storages: CacheEvent[] = [];
  const onCall = (event: unknown): unknown => calls.push(event as CacheEvent);
  const onStorage = (event: unknown): unknown => storages.push(event as CacheEvent);
  subscribe("fleche:call", onCall);
  subscribe("fleche:storage", onStorage);
  try {
    const here = await eventsOf(one, async () => {
      await fleche((a: number) => a, { name: "f", cache: one })(1);
      await fleche((a: number) => a, { name: "f", cache: two })(1);
    });
    assert.deepEqual(calls.map(({ type, cache }) => [type, cache]), [["miss", "one"], ["miss", "two"]]);
    assert.deepEqual(storages.map(({ type, cache }) => [type, cache]), [["put", "one"], ["put", "two"]]);
    assert.equal(calls[0], here[0]);
    assert.equal(storages[0], here[1]);
  } finally {
    unsubscribe("fleche:call", onCall);
    unsubscribe("fleche:storage", onStorage);
  }
});

test("Events knows whether anybody listens, to the cache or to either channel", () => {
  const events = new Events();
  const hears = (): boolean[] => [events.hearsCalls, events.hearsStorages];
  assert.deepEqual(hears(), [false, false]);
  const subscription = events.subscribe(() => {});
  assert.deepEqual(hears(), [true, true]);
  subscription[Symbol.dispose]();
  const listener = () => {};
  for (
    const [name, expected] of [["fleche:call", [true, false]], ["fleche:storage", [false, true]]] as const
  ) {
    subscribe(name, listener);
    assert.deepEqual(hears(), expected);
    unsubscribe(name, listener);
  }
  assert.deepEqual(hears(), [false, false]);
  assert.equal(channel("fleche:call").hasSubscribers, false);
});

test("while nobody listens no event is made and no clock is read by a hit", async () => {
  const cache = memory();
  const f = fleche((a: number) => ({ a }), { name: "unheard", cache });
  await f(1);
  let told = 0;
  let read = 0;
  const { now } = performance;
  const { tell } = cache.events;
  cache.events.tell = () => void told++;
  performance.now = () => (read++, now.call(performance));
  try {
    await f(1);
    assert.deepEqual([told, read], [0, 0]);
    cache.events.subscribe(() => {});
    await f(1);
    assert.deepEqual([told, read], [1, 2]);
  } finally {
    performance.now = now;
    cache.events.tell = tell;
  }
});

test("while nobody listens a call that is not cached reads no clock", async () => {
  const cache = memory();
  const f = fleche((a: unknown) => typeof a, { name: "unheard and uncached", cache });
  await warningsOf(() => f(() => 1));
  let read = 0;
  const { now } = performance;
  performance.now = () => (read++, now.call(performance));
  try {
    await f(() => 1);
    assert.equal(read, 0);
  } finally {
    performance.now = now;
  }
});
