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
import { numberSetting } from '../settings/number-settings';
import { httpUrl } from '../settings/url-settings';
import { withTimeout } from '@badger-store/redis-kit';

/** Names and meaning are OpenTelemetry's: https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
export const tracingSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional().meta({
    description: 'An OTLP/HTTP collector of traces; without one nothing is traced.',
    example: 'http://127.0.0.1:4318',
  }),
  OTEL_TRACES_SAMPLER_ARG: numberSetting({ min: 0, max: 1 }, { decimals: true })
    .default(1)
    .meta({ description: 'The share of traces that are kept, 0 to 1, decided where a trace begins.' }),
};

export interface TracingConfig {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  readonly OTEL_TRACES_SAMPLER_ARG: number;
}

const flushMs = 3000;
const tracer = () => trace.getTracer('badger-store');

/**
 * Sends traces over OTLP/HTTP, where an endpoint is set; otherwise it loads nothing, and every span is one that costs next to
 * nothing. Resolves to what ends it, after what is left was sent.
 */
export async function startTracing(service: string, config: TracingConfig): Promise<() => Promise<void>> {
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

/** The span of a request that came in, and how to go on inside of it. */
export interface RequestSpan {
  /** Undefined where nothing is traced. */
  readonly traceId?: string;
  run(next: () => void): void;
  end(attributes: { readonly route: string; readonly status: number }): void;
}

const untraced: RequestSpan = { run: (next) => next(), end: () => undefined };

/** `headers` are those of a caller who may continue a trace; without them a trace begins here. */
export function beginRequestSpan(method: string, headers?: object): RequestSpan {
  const parent: Context = headers ? propagation.extract(ROOT_CONTEXT, headers) : ROOT_CONTEXT;
  const span = tracer().startSpan(method, { kind: SpanKind.SERVER }, parent);
  const { traceId, traceFlags } = span.spanContext();
  // Without a provider a span is none, but of its parent.
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

/** To be sent along to another service, so that its spans are part of this trace; nothing where nothing is traced. */
export function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers;
}

/** Notes, inside a request, something that has just ended: a call to a database, or, without one, a step of our own. */
export function noteSpan(name: string, durationMs: number, outcome: string, database?: 'redis' | 'postgresql'): void {
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
