/** Providers of OpenTelemetry that remember what they are told. */
import { context, type SpanStatusCode, trace } from "@opentelemetry/api";
import type {
  InstrumentDescription,
  MeterProviderLike,
  SpanTime,
  TelemetryAttributes,
  TracerProviderLike,
} from "../../src/otel/mod.ts";

export interface SeenSpan {
  readonly name: string;
  readonly attributes: TelemetryAttributes;
  /** The id of the span that it stands below. */
  readonly parent: string | undefined;
  readonly start: SpanTime;
  end?: SpanTime;
  status?: SpanStatusCode;
}

export interface SeenValue {
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
  readonly attributes: TelemetryAttributes;
}

export function tracing(): {
  readonly provider: TracerProviderLike;
  readonly scopes: string[];
  readonly spans: SeenSpan[];
} {
  const spans: SeenSpan[] = [];
  const scopes: string[] = [];
  const provider: TracerProviderLike = {
    getTracer(name, version) {
      scopes.push(`${name} ${version}`);
      return {
        startSpan(name, { attributes, startTime }) {
          const parent = trace.getSpanContext(context.active())?.spanId;
          const span: SeenSpan = { name, attributes: { ...attributes }, parent, start: startTime };
          spans.push(span);
          return {
            setStatus: ({ code }) => void (span.status = code),
            end: (time) => void (span.end = time),
          };
        },
      };
    },
  };
  return { provider, scopes, spans };
}

export function metering(): { readonly provider: MeterProviderLike; readonly values: SeenValue[] } {
  const values: SeenValue[] = [];
  const instrument = (metric: string, { unit }: InstrumentDescription) => {
    const record = (value: number, attributes: TelemetryAttributes): void =>
      void values.push({ metric, unit, value, attributes });
    return { add: record, record };
  };
  return {
    provider: { getMeter: () => ({ createCounter: instrument, createHistogram: instrument }) },
    values,
  };
}
