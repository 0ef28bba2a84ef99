import { ServiceError } from '@badger-store/service-kit';

export const late = (name: string) =>
  new ServiceError('upstream-late', 'UPSTREAM_LATE', `The ${name} service did not answer in time.`);

/** What was asked may have happened. */
export const brokenOff = (name: string, cause: Error) =>
  new ServiceError('upstream-failed', 'UPSTREAM_FAILED', `The ${name} service broke off.`, { cause });

/** Nothing happened there. */
export const unreachable = (name: string, cause?: Error) =>
  new ServiceError('unavailable', 'UPSTREAM_DOWN', `The ${name} service cannot be reached.`, { cause });
