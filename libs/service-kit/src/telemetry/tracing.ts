import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
} from '@opentelemetry/api';
import type { z } from 'zod';
import { numberSetting } from '../settings/number-settings';
import { httpUrl } from '../settings/url-settings';
import { withTimeout } from '@badger-store/redis-kit';

/** Defined by OpenTelemetry: https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
export const tracingSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional().meta({
    description: 'The URL of an OTLP/HTTP collector. Tracing is off without it.',
    example: 'http://127.0.0.1:4318',
  }),
  OTEL_TRACES_SAMPLER_ARG: numberSetting({ min: 0, max: 1 }, { decimals: true })
    .default(1)
    .meta({ description: 'The share of traces that are sampled, 0 to 1.' }),
};

const flushMs = 3000;
const tracer = () => trace.getTracer('badger-store');

/** Without an endpoint it loads nothing, and spans cost next to nothing. Resolves to a function that exports the remaining spans and stops. */
export async function startTracing(
  service: string,
  config: z.output<z.ZodObject<typeof tracingSettings>>,
): Promise<() => Promise<void>> {
  const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return () => Promise.resolve();
  const [{ AsyncLocalStorageContextManager }, { W3CTraceContextPropagator }, otlp, resources, sdk] = await Promise.all([
    import('@opentelemetry/context-async-hooks'),
    import('@opentelemetry/core'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace'),
  ]);
  const exporter = new otlp.OTLPTraceExporter({ url: new URL('v1/traces', endpoint.replace(/\/*$/, '/')).href });
  const provider = new sdk.TracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': service }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(config.OTEL_TRACES_SAMPLER_ARG) }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter, maxQueueSize: 2048, exportTimeoutMillis: flushMs })],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());

  return () => withTimeout(flushMs, provider.shutdown()).catch(() => undefined);
}

export interface RequestSpan {
  /** Undefined if tracing is off. */
  readonly traceId?: string;
  run(next: () => void): void;
  end(attributes: { readonly route: string; readonly status: number }): void;
}

const untraced: RequestSpan = { run: (next) => next(), end: () => undefined };

/** Continues the trace in `headers`. Without headers a new trace begins. */
export function beginRequestSpan(method: string, headers?: object): RequestSpan {
  const parent: Context = headers ? propagation.extract(ROOT_CONTEXT, headers) : ROOT_CONTEXT;
  const span = tracer().startSpan(method, { kind: SpanKind.SERVER }, parent);
  const { traceId, traceFlags } = span.spanContext();
  // Without a provider, startSpan returns a span with the context of the parent.
  if (!span.isRecording() && traceFlags === 0 && !/[1-9a-f]/.test(traceId)) return untraced;
  return {
    traceId,
    run: (next) => context.with(trace.setSpan(parent, span), next),
    end({ route, status }) {
      span.updateName(`${method} ${route}`);
      span.setAttributes({ 'http.request.method': method, 'http.route': route, 'http.response.status_code': status });
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

/** The headers that continue the current trace in another service. */
export function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers;
}

/** Records a finished database call, or without `database` a finished step, as a child of the current span. */
export function recordSpan(name: string, durationMs: number, outcome: string, database?: 'redis' | 'postgresql'): void {
  const parent = trace.getSpan(context.active());
  if (!parent?.isRecording()) return;
  const endTime = Date.now();
  const span: Span = tracer().startSpan(name, {
    kind: database ? SpanKind.CLIENT : SpanKind.INTERNAL,
    startTime: endTime - durationMs,
    attributes: database ? { 'db.system.name': database, 'db.operation.name': name, outcome } : { outcome },
  });
  if (outcome !== 'ok') span.setStatus({ code: SpanStatusCode.ERROR, message: outcome });
  span.end(endTime);
}
