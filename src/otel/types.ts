/**
 * What is asked of OpenTelemetry's providers: the part of their interfaces that is used, which those of every version of
 * `@opentelemetry/api` have. Contract only.
 *
 * @module
 */

/** Seconds since the epoch, and nanoseconds. */
export type SpanTime = [seconds: number, nanoseconds: number];

/** Attributes of a span or of a measurement. */
export type TelemetryAttributes = Record<string, string | number | boolean>;

/** A span that has begun. */
export interface StartedSpan {
  /** Says how it went. */
  setStatus(status: { code: number }): unknown;
  /** Ends it. */
  end(endTime: SpanTime): void;
}

/** Makes spans. */
export interface SpanMaker {
  /** Begins a span below the one that is active. */
  startSpan(name: string, options: { startTime: SpanTime; attributes: TelemetryAttributes }): StartedSpan;
}

/** A `TracerProvider`. */
export interface TracerProviderLike {
  /** What makes the spans of one library. */
  getTracer(name: string, version: string): SpanMaker;
}

/** What an instrument is. */
export interface InstrumentDescription {
  /** What it measures. */
  description: string;
  /** In which unit, after UCUM. */
  unit: string;
  /** For histograms: where their buckets end, unless somebody has said otherwise. */
  advice?: { explicitBucketBoundaries: number[] };
}

/** Makes instruments. */
export interface InstrumentMaker {
  /** A sum that only grows. */
  createCounter(
    name: string,
    description: InstrumentDescription,
  ): { add(value: number, attributes: TelemetryAttributes): void };
  /** A distribution. */
  createHistogram(
    name: string,
    description: InstrumentDescription,
  ): { record(value: number, attributes: TelemetryAttributes): void };
}

/** A `MeterProvider`. */
export interface MeterProviderLike {
  /** What makes the instruments of one library. */
  getMeter(name: string, version: string): InstrumentMaker;
}
