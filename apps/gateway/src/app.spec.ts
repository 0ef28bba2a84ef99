import type { Router } from 'express';
import { createOpenApi } from '@badger-store/store-api';
import { gatewayRoutes, type GatewayParts } from './app';
import type { RequestLimits } from './limits/request-limits';

/** The part of a router's layer (https://github.com/pillarjs/router) that this test reads. */
interface Layer {
  readonly route?: {
    readonly path: string;
    readonly methods: Readonly<Record<string, boolean>>;
    readonly stack: readonly Layer[];
  };
  readonly handle: Partial<Router>;
}

const listRoutes = (router: Partial<Router>): NonNullable<Layer['route']>[] =>
  ((router.stack ?? []) as unknown as Layer[]).flatMap(({ route, handle }) => (route ? [route] : listRoutes(handle)));

/** Every handler of the router and of its routes, in any depth. */
const listHandlers = (layers: readonly Layer[]): unknown[] =>
  layers.flatMap(({ route, handle }) => [
    handle,
    ...listHandlers(route?.stack ?? ((handle.stack ?? []) as unknown as Layer[])),
  ]);

const pass = () => undefined;
const limits: RequestLimits = { byAddress: jest.fn(), bySession: jest.fn(), byApiKey: jest.fn(), auth: jest.fn() };
const parts = {
  firstPartyOrigins: [],
  limits,
  newGuests: { admitGuest: pass, admitAdd: pass },
  forwarders: { inventory: { forward: pass }, checkout: { forward: pass } },
  publishedKeys: () => [],
};

const documented = Object.entries(createOpenApi('1.0.0').paths as Record<string, object>);
/** For a payment provider, not for consumers of the API. */
const undocumented = ['/payments/stripe/events'];
const router = gatewayRoutes(parts as unknown as GatewayParts);
const routes = listRoutes(router)
  .map(({ path, methods }) => ({ path: path.replace(/:(\w+)/g, '{$1}'), methods: Object.keys(methods) }))
  .filter(({ path }) => !path.startsWith('/docs/') && !undocumented.includes(path));

it('the OpenAPI document lists exactly the routes of the gateway', () => {
  expect(routes.length).toBeGreaterThan(16);
  expect(routes.flatMap(({ path, methods }) => methods.map((method) => `${method} ${path}`)).sort()).toEqual(
    documented.flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`)).sort(),
  );
});

it.each(Object.entries(limits))('the limiter %s stands before a route', (_name, limiter) => {
  expect(listHandlers(router.stack as unknown as Layer[])).toContain(limiter);
});
