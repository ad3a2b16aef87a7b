import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { channel } from "node:diagnostics_channel";
import test from "node:test";
import { type Context, context, metrics, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import { Cache, fleche, Memory, version } from "../../mod.ts";
import { instrumentFleche, type SpanTime } from "../../src/otel/mod.ts";
import { FaultyStorage } from "../../src/testing/mod.ts";
import { warningsOf } from "../_warnings.ts";
import { metering, tracing } from "./_providers.ts";

const memory = (): Cache => new Cache({ values: new Memory(), calls: new Memory(), name: "test" });
const inMs = ([seconds, nanoseconds]: SpanTime): number => seconds * 1000 + nanoseconds / 1e6;

/** What is traced and measured while `body` runs. */
async function instrumented(body: () => Promise<unknown>) {
  const traced = tracing();
  const measured = metering();
  const instrumentation = instrumentFleche({
    tracerProvider: traced.provider,
    meterProvider: measured.provider,
  });
  try {
    await body();
  } finally {
    instrumentation[Symbol.dispose]();
  }
  return { ...traced, values: measured.values };
}

test("instrumentFleche makes a span of each call, with its times and what became of it", async () => {
  const cache = memory();
  const area = fleche((w: number) => "x".repeat(w), { name: "area", module: "m.ts", cache });
  const before = Date.now();
  const { spans, scopes } = await instrumented(async () => {
    await area(3);
    await area(3);
  });
  assert.deepEqual(scopes, [`@fleche/fleche ${version}`]);
  const key = await area.digest(3);
  const about = {
    "fleche.cache.name": "test",
    "code.function.name": "area",
    "fleche.module": "m.ts",
    "fleche.key": key,
    "fleche.waited": false,
  };
  assert.deepEqual(spans.map(({ name, attributes }) => ({ name, attributes })), [
    { name: "call area", attributes: { ...about, "fleche.outcome": "miss", "fleche.miss.reason": "absent" } },
    { name: "call area", attributes: { ...about, "fleche.outcome": "hit", "fleche.result.size": 4 } },
  ]);
  for (const { start, end = [0, 0] as SpanTime, status } of spans) {
    assert.ok(Number.isInteger(start[0]) && Number.isInteger(start[1]) && start[1] < 1e9);
    assert.ok(inMs(start) >= before - 2 && inMs(start) <= inMs(end) && inMs(end) <= Date.now() + 2);
    assert.equal(status, undefined);
  }
});

test("instrumentFleche measures calls in seconds, and counts hits, misses by reason, puts and saved time", async () => {
  const cache = memory();
  const area = fleche((w: number) => w, { name: "area", cache });
  const { values } = await instrumented(async () => {
    await area(3);
    await area(3);
    await area.rerun(3);
  });
  const inCache = { "fleche.cache.name": "test" };
  const about = { ...inCache, "code.function.name": "area" };
  const counted = (metric: string) => values.filter((each) => each.metric === metric);
  assert.deepEqual(counted("fleche.hits"), [{
    metric: "fleche.hits",
    unit: "{hit}",
    value: 1,
    attributes: about,
  }]);
  assert.deepEqual(counted("fleche.misses").map(({ attributes }) => attributes), [
    { ...about, "fleche.miss.reason": "absent" },
    { ...about, "fleche.miss.reason": "refresh" },
  ]);
  assert.equal(counted("fleche.puts").length, 2);
  assert.deepEqual(counted("fleche.put.size").map(({ value, unit }) => [value, unit]), [[1, "By"], [
    1,
    "By",
  ]]);
  const durations = counted("fleche.call.duration");
  assert.deepEqual(durations.map(({ attributes, unit }) => [attributes["fleche.outcome"], unit]), [
    ["miss", "s"],
    ["hit", "s"],
    ["miss", "s"],
  ]);
  for (const { value } of durations) assert.ok(value >= 0 && value < 10);
  const [saved, ...rest] = counted("fleche.saved_time");
  assert.deepEqual(rest, []);
  assert.ok(saved !== undefined && saved.value >= 0 && saved.value < 10 && saved.unit === "s");
});

test("instrumentFleche marks what failed, and counts warnings and evictions", async () => {
  const error = new Error("No space left on device");
  const cache = new Cache({
    values: new FaultyStorage({ inner: new Memory(), operations: ["put"], failAt: 1, andAfter: true, error }),
    calls: new Memory(),
    name: "full",
  });
  const fails = fleche((a: number) => {
    if (a === 0) throw new RangeError("zero");
    return a;
  }, { name: "fails", cache });
  const { spans, values } = await instrumented(() =>
    warningsOf(async () => {
      await assert.rejects(fails(0));
      await fails(1);
      cache.events.tell({ type: "evict", cache: "full", storage: "values", key: "a", reason: "size" });
    })
  );
  assert.deepEqual(spans.map(({ status, attributes }) => [status, attributes["error.type"]]), [
    [SpanStatusCode.ERROR, "_OTHER"],
    [undefined, undefined],
  ]);
  const rest = values.filter(({ metric }) => /warnings|evictions/.test(metric));
  assert.deepEqual(rest.map(({ metric, attributes }) => [metric, attributes]), [
    ["fleche.warnings", {
      "fleche.cache.name": "full",
      "code.function.name": "fails",
      "fleche.warning.code": "unwritable",
    }],
    ["fleche.evictions", {
      "fleche.cache.name": "full",
      "fleche.storage": "values",
      "fleche.evict.reason": "size",
    }],
  ]);
});

test("a call's span stands below the span that is active where the call is made", async () => {
  const active = new AsyncLocalStorage<Context>();
  context.setGlobalContextManager({
    active: () => active.getStore() ?? ROOT_CONTEXT,
    with: (inner, body, self, ...args) => active.run(inner, () => Reflect.apply(body, self, args)),
    bind: (_, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
  try {
    const cache = memory();
    const f = fleche(async (a: number) => await Promise.resolve(a), { name: "f", cache });
    const { spans } = await instrumented(() =>
      Promise.all(["1", "2"].map((digit) => {
        const outer = { traceId: digit.repeat(32), spanId: digit.repeat(16), traceFlags: 1 };
        return context.with(trace.setSpanContext(ROOT_CONTEXT, outer), async () => {
          await f(Number(digit));
          await f(Number(digit));
        });
      }))
    );
    assert.deepEqual(
      spans.map(({ parent }) => parent).toSorted(),
      ["1", "1", "2", "2"].map((each) => each.repeat(16)),
    );
  } finally {
    context.disable();
  }
});

test("what instrumentFleche gives ends it, and disposing twice is harmless", async () => {
  const traced = tracing();
  const instrumentation = instrumentFleche({ tracerProvider: traced.provider });
  assert.equal(channel("fleche:call").hasSubscribers, true);
  instrumentation[Symbol.dispose]();
  instrumentation[Symbol.dispose]();
  assert.equal(channel("fleche:call").hasSubscribers, false);
  await fleche((a: number) => a, { name: "f", cache: memory() })(1);
  assert.deepEqual(traced.spans, []);
});

test("a provider that throws does not end the process, and disturbs no call", async () => {
  const instrumentation = instrumentFleche({
    tracerProvider: {
      getTracer: () => ({
        startSpan() {
          throw new RangeError("from a provider");
        },
      }),
    },
  });
  try {
    assert.equal(await fleche((a: number) => a, { name: "f", cache: memory(), strict: true })(1), 1);
    await new Promise((resolve) => setTimeout(resolve, 0));
  } finally {
    instrumentation[Symbol.dispose]();
  }
});

test("instrumentFleche takes the providers of @opentelemetry/api as they are", () => {
  instrumentFleche({
    tracerProvider: trace.getTracerProvider(),
    meterProvider: metrics.getMeterProvider(),
  })[Symbol.dispose]();
});

test("without providers instrumentFleche takes those that are registered, and does without", async () => {
  const instrumentation = instrumentFleche();
  try {
    assert.equal(await fleche((a: number) => a, { name: "f", cache: memory(), strict: true })(1), 1);
  } finally {
    instrumentation[Symbol.dispose]();
  }
});
