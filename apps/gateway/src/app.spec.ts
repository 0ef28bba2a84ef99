import type { Router } from 'express';
import { createOpenApi } from '@badger-store/store-api';
import { gatewayRoutes, type GatewayParts } from './app';

/** What a router holds (https://github.com/pillarjs/router), as far as it is of use here. */
interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle: Partial<Router>;
}

const routesOf = (router: Partial<Router>): NonNullable<Layer['route']>[] =>
  ((router.stack ?? []) as unknown as Layer[]).flatMap(({ route, handle }) => (route ? [route] : routesOf(handle)));

const pass = () => undefined;
const limits = { byAddress: pass, bySession: pass, byApiKey: pass, auth: pass };
const parts = {
  firstPartyOrigins: [],
  limits,
  newGuests: pass,
  newGuestAdds: pass,
  toUpstream: { inventory: pass, checkout: pass },
  publishedKeys: () => [],
};

const documented = Object.entries(createOpenApi('1.0.0').paths as Record<string, object>);
/** For a payment provider, not for consumers of the API. */
const undocumented = ['/payments/stripe/events'];
const routes = routesOf(gatewayRoutes(parts as unknown as GatewayParts))
  .map(({ path, methods }) => ({ path: path.replace(/:(\w+)/g, '{$1}'), methods: Object.keys(methods) }))
  .filter(({ path }) => !path.startsWith('/docs/') && !undocumented.includes(path));

it('the OpenAPI document has the operations that the gateway has, and no others', () => {
  expect(routes.length).toBeGreaterThan(16);
  expect(routes.flatMap(({ path, methods }) => methods.map((method) => `${method} ${path}`)).sort()).toEqual(
    documented.flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`)).sort(),
  );
});
