import type { Request, Response, Router } from 'express';
import { ServiceError } from '../problems';

/** A router's own record of what was added to it (https://github.com/pillarjs/router), as far as it is of use here. */
interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle: Partial<Pick<Router, 'stack'>>;
  match(path: string): boolean;
}

/** Finds the methods that a path has; none where there is no such path. */
export type FindMethods = (path: string) => readonly string[];

/** Reads the routes off the routers that answer them, so that no list beside them can differ. */
export function readRoutes(...routers: readonly Router[]): FindMethods {
  const routes = routers.flatMap(({ stack }) => routesOf(stack as unknown as readonly Layer[]));
  return (path) => {
    const methods = new Set(routes.filter((layer) => layer.match(path)).flatMap(methodsOf));
    if (methods.has('GET')) methods.add('HEAD');
    if (methods.size > 0) methods.add('OPTIONS');
    return [...methods].sort();
  };
}

/** The paths of routes that have no parameters. */
export const readPaths = (...routers: readonly Router[]): ReadonlySet<string> =>
  new Set(
    routers
      .flatMap(({ stack }) => routesOf(stack as unknown as readonly Layer[]))
      .map(({ route }) => route?.path ?? ''),
  );

const routesOf = (layers: readonly Layer[]): readonly Layer[] =>
  layers.flatMap((layer) =>
    layer.route ? [layer] : routesOf((layer.handle.stack ?? []) as unknown as readonly Layer[]),
  );

const methodsOf = ({ route }: Layer): string[] => Object.keys(route?.methods ?? {}).map((name) => name.toUpperCase());

export const noSuchRoute = () => new ServiceError('not-found', 'NO_SUCH_ROUTE', 'There is nothing at this address.');

/** Answers OPTIONS (RFC 9110, section 9.3.7). A path that is unknown, or has a handler of its own for OPTIONS, is left to the routes. */
export function answerOptions(req: Request, res: Response, findMethods: FindMethods): boolean {
  if (req.url === '*') {
    res.status(204).end();
    return true;
  }
  const methods = findMethods(req.path);
  if (methods.length === 0) return false;
  res.status(204).set('Allow', methods.join(', ')).end();
  return true;
}

/** What a request gets that no route answered: 405 where its path has other methods, else 404. */
export function toUnmatchedError({ path, method }: Request, findMethods: FindMethods): ServiceError {
  const methods = findMethods(path);
  if (methods.length === 0) return noSuchRoute();
  const allow = methods.join(', ');
  return new ServiceError('method-not-allowed', 'METHOD_NOT_ALLOWED', `This address has no ${method}, but ${allow}.`, {
    headers: { Allow: allow },
  });
}
