import type { Request, Response, Router } from 'express';
import { ServiceError } from '../problems';

/** The part of a router's internals that is used here: https://github.com/pillarjs/router */
interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle: { readonly stack?: readonly Layer[] };
  match(path: string): boolean;
}

/** Returns the methods of a path; none if no route matches it. */
export type FindMethods = (path: string) => readonly string[];

/** Reads the routes from the routers themselves, so that no second list can differ. */
export function readRoutes(...routers: readonly Router[]): FindMethods {
  const layers = routers.flatMap(collectRoutes);
  return (path) => {
    const methods = new Set(layers.filter((layer) => layer.match(path)).flatMap(getMethods));
    if (methods.has('GET')) methods.add('HEAD');
    if (methods.size > 0) methods.add('OPTIONS');
    return [...methods].sort();
  };
}

/** The paths of the routers' routes, which must have no parameters. */
export const readPaths = (...routers: readonly Router[]): ReadonlySet<string> =>
  new Set(routers.flatMap(collectRoutes).map(({ route }) => route?.path ?? ''));

function collectRoutes({ stack = [] }: { readonly stack?: unknown }): readonly Layer[] {
  return (stack as readonly Layer[]).flatMap((layer) => (layer.route ? [layer] : collectRoutes(layer.handle)));
}

const getMethods = ({ route }: Layer): string[] => Object.keys(route?.methods ?? {}).map((name) => name.toUpperCase());

export const createRouteNotFoundError = () =>
  new ServiceError('not-found', 'ROUTE_NOT_FOUND', 'No route matches this path.');

/** Responds to OPTIONS (RFC 9110, section 9.3.7). Returns false for an unknown path: the app then responds with 404. */
export function respondToOptions(req: Request, res: Response, findMethods: FindMethods): boolean {
  if (req.url === '*') {
    res.status(204).end();
    return true;
  }
  const methods = findMethods(req.path);
  if (methods.length === 0) return false;
  res.status(204).set('Allow', methods.join(', ')).end();
  return true;
}

/** The error for a request that no route handled: 405 if its path has other methods, else 404. */
export function createUnmatchedError({ path, method }: Request, findMethods: FindMethods): ServiceError {
  const methods = findMethods(path);
  if (methods.length === 0) return createRouteNotFoundError();
  const allow = methods.join(', ');
  return new ServiceError('method-not-allowed', 'METHOD_NOT_ALLOWED', `Send ${allow} to this path, not ${method}.`, {
    headers: { Allow: allow },
  });
}
