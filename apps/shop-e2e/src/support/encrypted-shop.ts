import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { serviceNames, wideLimits, type ServiceName } from '@badger-store/stack';
import { makeCertificates, serveLocally, type Certificates } from '@badger-store/test-kit';
import { startReplica } from './program';
import { freePorts, openDependencies } from './shop';

export interface Span {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

/** As OTLP has it: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] };
    readonly scopeSpans: readonly { readonly spans: readonly Omit<Span, 'service'>[] }[];
  }[];
}

/** A store whose services call each other over HTTPS only, and export traces. */
export interface EncryptedShop {
  /** Of the gateway, over HTTP. */
  readonly url: string;
  readonly serviceUrls: Readonly<Record<ServiceName, string>>;
  /** All that the services exported. */
  readonly spans: readonly Span[];
  /** Of the authority that every service trusts. */
  readonly caFile: string;
  readonly certificates: Readonly<Record<'old' | 'next', Certificates>>;
  /** Gives all services this certificate. */
  use(certificates: Certificates): Promise<void>;
}

let shared: Promise<EncryptedShop & { stop(): Promise<void> }> | undefined;

/** One store for all stories of `encrypted-shop.stores.spec.ts`. */
export const openEncryptedShop = (): Promise<EncryptedShop> => (shared ??= open());

export const closeEncryptedShop = async (): Promise<void> => (await shared)?.stop();

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'encrypted-shop-'));
  const make = async (name: string) => makeCertificates(await mkdtemp(join(folder, name)), ['DNS:localhost']);
  const certificates = { old: await make('old-'), next: await make('next-') };
  const [certificateFile, keyFile, caFile] = ['tls.crt', 'tls.key', 'ca.crt'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const use = async ({ server }: Certificates) => {
    await copyFile(server.certFile, certificateFile);
    await copyFile(server.keyFile, keyFile);
  };
  await use(certificates.old);
  await copyFile(certificates.old.caFile, caFile);

  const spans: Span[] = [];
  const collector = await serveLocally((req, res) => {
    void json(req).then((body) => {
      for (const { resource, scopeSpans } of (body as Export).resourceSpans) {
        const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
        spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service }))));
      }
      res.setHeader('content-type', 'application/json').end('{}');
    });
  });

  const ports = await freePorts();
  const dependencies = await openDependencies(ports);
  const [http, https] = [await freePorts(), await freePorts()];
  const serviceUrls = Object.fromEntries(serviceNames.map((name) => [name, `http://127.0.0.1:${http[name]}`]));
  const toUrl = (name: ServiceName) => `https://localhost:${https[name]}`;
  const start = (name: ServiceName) =>
    startReplica(name, http[name], {
      ...wideLimits,
      HOST: '127.0.0.1',
      HTTPS_PORT: String(https[name]),
      HTTPS_CERTIFICATE_FILE: certificateFile,
      HTTPS_KEY_FILE: keyFile,
      UPSTREAM_TLS_CA_FILE: caFile,
      ...Object.fromEntries(serviceNames.map((each) => [`${each.toUpperCase()}_URL`, toUrl(each)])),
      JWKS_URL: `${toUrl('gateway')}/.well-known/jwks.json`,
      GATEWAY_ADMIN_URL: toUrl('gateway'),
      FIRST_PARTY_ORIGINS: `http://127.0.0.1:${http.gateway}`,
      REDIS_URL: `redis://127.0.0.1:${ports.redis}`,
      DATABASE_URL: `postgres://${name}:${name}@127.0.0.1:${ports.postgres}/badger_store`,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    });
  const starting = serviceNames.map(start);
  const stop = async () => {
    const started = await Promise.allSettled(starting);
    await Promise.all(started.map((each) => each.status === 'fulfilled' && each.value.stop()));
    await dependencies.stop();
    await collector.close();
    await rm(folder, { recursive: true });
  };
  await Promise.all(starting).catch((error: unknown) => stop().finally(() => Promise.reject(error as Error)));
  return {
    url: `http://127.0.0.1:${http.gateway}`,
    serviceUrls: serviceUrls as Record<ServiceName, string>,
    spans,
    caFile,
    certificates,
    use,
    stop,
  };
}
