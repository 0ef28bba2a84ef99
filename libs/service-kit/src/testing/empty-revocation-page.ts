import { toPageJson } from '../revocations/revocation-page';

/** The response of a gateway at which nothing was revoked. */
export const emptyRevocationPage = () =>
  toPageJson({ completeUntil: new Date(), nextPoll: '1.1.0', sessions: Buffer.alloc(0), users: [], apiKeys: [] });
