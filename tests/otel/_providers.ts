/** Providers of OpenTelemetry that remember what they are told, behind its own API. */
import {
  type Attributes,
  type Context,
  context,
  type HrTime,
  type Meter,
  type MeterProvider,
  type SpanOptions,
  trace,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";

export interface SeenSpan {
  readonly name: string;
  readonly attributes: Attributes;
  /** The id of the span that it stands below. */
  readonly parent: string | undefined;
  readonly start: HrTime;
  end?: HrTime;
  status?: number;
}

export interface SeenValue {
  readonly metric: string;
  readonly unit: string | undefined;
  readonly value: number;
  readonly attributes: Attributes | undefined;
}

// `as` here: of the API's interfaces no more is implemented than is used.

export function tracing(): {
  readonly provider: TracerProvider;
  readonly scopes: string[];
  readonly spans: SeenSpan[];
} {
  const spans: SeenSpan[] = [];
  const scopes: string[] = [];
  const tracer = {
    startSpan(name: string, options: SpanOptions, parent: Context = context.active()) {
      const span: SeenSpan = {
        name,
        attributes: { ...options.attributes },
        parent: trace.getSpanContext(parent)?.spanId,
        start: options.startTime as HrTime,
      };
      spans.push(span);
      return {
        setStatus: ({ code }: { code: number }) => void (span.status = code),
        end: (time: HrTime) => void (span.end = time),
      };
    },
  } as unknown as Tracer;
  const provider: TracerProvider = {
    getTracer(name, version) {
      scopes.push(`${name} ${version}`);
      return tracer;
    },
  };
  return { provider, scopes, spans };
}

export function metering(): { readonly provider: MeterProvider; readonly values: SeenValue[] } {
  const values: SeenValue[] = [];
  const instrument = (metric: string, { unit }: { unit?: string } = {}) => {
    const record = (value: number, attributes?: Attributes): void =>
      void values.push({ metric, unit, value, attributes });
    return { add: record, record };
  };
  const meter = { createCounter: instrument, createHistogram: instrument } as unknown as Meter;
  return { provider: { getMeter: () => meter }, values };
}
