import { ServiceError } from '../problems';

/** Every path of the store is made of these: no encoded character, no dot segment, no empty segment, no slash at the end. */
const plain = /^(\/|(\/(?!\.\.?(\/|$))[A-Za-z0-9._~-]+)+)$/;

/** Two programs could read any other path differently, so no other path exists (decision 0008). Throws 404. */
export function validatePath(path: string): void {
  if (!plain.test(path)) throw noSuchRoute();
}

export const noSuchRoute = () => new ServiceError('not-found', 'NO_SUCH_ROUTE', 'There is nothing at this address.');
