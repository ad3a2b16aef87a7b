/**
 * What becomes of cached calls, as spans and metrics of OpenTelemetry: the entry point `@fleche/fleche/otel`. It listens to the
 * channels `fleche:call` and `fleche:storage`; nothing else of the module knows of it.
 *
 * OpenTelemetry has no semantic conventions for caches yet (https://github.com/open-telemetry/semantic-conventions/issues/1747).
 * So names follow its rules for naming (https://opentelemetry.io/docs/specs/semconv/general/naming/) in a namespace of their
 * own, `fleche`, and what has a convention has its name: `code.function.name`, `error.type`, seconds for durations.
 *
 * @example Calls as spans and metrics
 * ```ts
 * import { instrumentFleche } from "@fleche/fleche/otel";
 *
 * using _instrumentation = instrumentFleche();
 * // The providers that are registered get spans "call area", fleche.call.duration, fleche.hits, fleche.misses …
 * ```
 *
 * @module
 */

import { diag, metrics, SpanStatusCode, trace } from "@opentelemetry/api";
import { builtin } from "../_runtime.ts";
import { CHANNELS } from "../events/events.ts";
import type { CacheEvent, HitEvent, MissEvent } from "../events/types.ts";
import { version } from "../version.ts";
import type { MeterProviderLike, SpanTime, TelemetryAttributes, TracerProviderLike } from "./types.ts";

export type {
  InstrumentDescription,
  InstrumentMaker,
  MeterProviderLike,
  SpanMaker,
  SpanTime,
  StartedSpan,
  TelemetryAttributes,
  TracerProviderLike,
} from "./types.ts";

/** Options of {@linkcode instrumentFleche}. */
export interface InstrumentationOptions {
  /** Makes the spans. @default the one that is registered with `@opentelemetry/api` */
  readonly tracerProvider?: TracerProviderLike;
  /** Makes the metrics. @default the one that is registered with `@opentelemetry/api` */
  readonly meterProvider?: MeterProviderLike;
}

const SCOPE = "@fleche/fleche";

/** Seconds: those of `db.client.operation.duration`, and below them hits from memory and files, above them what is worth keeping. */
const DURATIONS = [0.00001, 0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 600];

/**
 * Turns the events of all caches of this process into spans and metrics, from now on.
 *
 * A span `call <function>` for each call, as long as the call was (of a result that is a stream: until the stream began), below
 * the span that was active where the call was made. It has the attributes `code.function.name`, `fleche.module`,
 * `fleche.cache.name`, `fleche.key`, `fleche.outcome` (`hit` or `miss`), `fleche.miss.reason`, `fleche.result.size`,
 * `fleche.waited`, and of a call that failed the status ERROR and `error.type`.
 *
 * | metric | unit | attributes beside `fleche.cache.name` |
 * | --- | --- | --- |
 * | `fleche.call.duration` (histogram) | s | `code.function.name`, `fleche.outcome`, `error.type` |
 * | `fleche.hits` | {hit} | `code.function.name` |
 * | `fleche.misses` | {miss} | `code.function.name`, `fleche.miss.reason` |
 * | `fleche.saved_time` | s | `code.function.name` |
 * | `fleche.puts` | {put} | `code.function.name` |
 * | `fleche.put.size` (histogram) | By | `code.function.name` |
 * | `fleche.evictions` | {entry} | `fleche.storage`, `fleche.evict.reason` |
 * | `fleche.warnings` | {warning} | `code.function.name`, `fleche.warning.code` |
 *
 * @returns What ends it, with `using` or by `[Symbol.dispose]()`. Called twice, everything is told twice.
 */
export function instrumentFleche(options: InstrumentationOptions = {}): Disposable {
  const record = createRecorder(options);
  const listener = (event: unknown): void => {
    // What is thrown here would end the process.
    try {
      record(event as CacheEvent);
    } catch (error) {
      diag.error(`${SCOPE}: cannot record an event`, error);
    }
  };
  const { subscribe, unsubscribe } = builtin("node:diagnostics_channel");
  for (const channel of Object.values(CHANNELS)) subscribe(channel, listener);
  return {
    [Symbol.dispose]() {
      for (const channel of Object.values(CHANNELS)) unsubscribe(channel, listener);
    },
  };
}

function createRecorder(options: InstrumentationOptions): (event: CacheEvent) => void {
  const { tracerProvider = trace, meterProvider = metrics } = options;
  const tracer = tracerProvider.getTracer(SCOPE, version);
  const meter = meterProvider.getMeter(SCOPE, version);
  const duration = meter.createHistogram("fleche.call.duration", {
    description: "Duration of calls of cached functions.",
    unit: "s",
    advice: { explicitBucketBoundaries: DURATIONS },
  });
  const hits = meter.createCounter("fleche.hits", {
    description: "Calls that were given a result without running their function.",
    unit: "{hit}",
  });
  const misses = meter.createCounter("fleche.misses", { description: "All other calls.", unit: "{miss}" });
  const savedTime = meter.createCounter("fleche.saved_time", {
    description: "How long the functions took that hits did not run.",
    unit: "s",
  });
  const puts = meter.createCounter("fleche.puts", { description: "Results that were kept.", unit: "{put}" });
  const putSize = meter.createHistogram("fleche.put.size", {
    description: "Size of results that were kept.",
    unit: "By",
  });
  const evictions = meter.createCounter("fleche.evictions", {
    description: "Entries that have left a storage.",
    unit: "{entry}",
  });
  const warnings = meter.createCounter("fleche.warnings", {
    description: "What caches could not do for a call.",
    unit: "{warning}",
  });

  const recordCall = (event: HitEvent | MissEvent, about: TelemetryAttributes): void => {
    const failure = event.type === "miss" && event.failed ? { "error.type": "_OTHER" } : undefined;
    const span = tracer.startSpan(`call ${event.name}`, {
      startTime: hrTime(event.startTime),
      attributes: { ...about, ...spanAttributes(event), ...failure },
    });
    if (event.type === "miss" && event.failed) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(hrTime(event.startTime + event.elapsedMs));
    duration.record(event.elapsedMs / 1000, { ...about, "fleche.outcome": event.type, ...failure });
  };

  return (event) => {
    const inCache: TelemetryAttributes = { "fleche.cache.name": event.cache };
    const about = "name" in event ? { ...inCache, "code.function.name": event.name } : inCache;
    switch (event.type) {
      case "hit":
        recordCall(event, about);
        hits.add(1, about);
        if (event.savedMs !== undefined) savedTime.add(event.savedMs / 1000, about);
        break;
      case "miss":
        recordCall(event, about);
        misses.add(1, { ...about, "fleche.miss.reason": event.reason });
        break;
      case "put":
        puts.add(1, about);
        putSize.record(event.bytes, about);
        break;
      case "evict":
        evictions.add(1, { ...about, "fleche.storage": event.storage, "fleche.evict.reason": event.reason });
        break;
      case "warning":
        warnings.add(1, { ...about, "fleche.warning.code": event.code });
    }
  };
}

function spanAttributes(event: HitEvent | MissEvent): TelemetryAttributes {
  const attributes: TelemetryAttributes = { "fleche.outcome": event.type, "fleche.waited": event.waited };
  if (event.module !== undefined) attributes["fleche.module"] = event.module;
  if (event.key !== undefined) attributes["fleche.key"] = event.key;
  if (event.type === "miss") attributes["fleche.miss.reason"] = event.reason;
  else if (event.bytes !== undefined) attributes["fleche.result.size"] = event.bytes;
  return attributes;
}

/** Seconds and nanoseconds: a bare number could also be meant as one of `performance.now()`. */
function hrTime(epochMs: number): SpanTime {
  const seconds = Math.floor(epochMs / 1000);
  return [seconds, Math.min(Math.round((epochMs - seconds * 1000) * 1e6), 999_999_999)];
}
