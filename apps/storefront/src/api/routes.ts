import { routes } from './generated/routes';

interface Route {
  readonly route: string;
  readonly servedBy: string;
}

const known = routes.map(({ method, path, servedBy }) => ({
  method: method as string,
  route: path as string,
  servedBy: servedBy as string,
  pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
  parameters: path.split('{').length,
}));
// `/Cart/Item/{id}` is no place for what has a route of its own.
known.sort((a, b) => a.parameters - b.parameters);

/** Which route of the API a request goes to, and which service serves it. */
export function findRoute(method: string, path: string): Route {
  const found = known.find((route) => route.method === method && route.pattern.test(path));
  return found ?? { route: path, servedBy: 'gateway' };
}
