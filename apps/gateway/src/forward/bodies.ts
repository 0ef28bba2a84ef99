import { LinkedList, type Linked } from '@badger-store/redis-kit';
import { readBody, ServiceError } from '@badger-store/service-kit';
import type { Request, Response } from 'express';

const maxBodyBytes = 64 * 1024;
/** An estimate of the memory that a small body takes. */
const minBytes = 4096;

interface PendingBody extends Linked<PendingBody> {
  readonly bytes: number;
  giveUp(): void;
}

/**
 * Reads a body whole before an upstream is asked, so that a slow client holds no connection to it. Past `maxTotalBytes` the oldest
 * pending body is given up, so that slow clients can't block others.
 */
export function createBodies(maxTotalBytes = 64 * 1024 * 1024) {
  const pending = new LinkedList<PendingBody>();
  let totalBytes = 0;

  const remove = (body: PendingBody): void => {
    const isPending = pending.first === body || body.prev !== undefined;
    if (!isPending) return;
    pending.remove(body);
    totalBytes -= body.bytes;
  };
  const makeRoomFor = (latest: PendingBody): void => {
    while (totalBytes > maxTotalBytes && pending.first && pending.first !== latest) {
      const { first } = pending;
      remove(first);
      first.giveUp();
    }
  };

  return {
    /** See `readBody`. Rejects with 408 if the body is given up for others. */
    read: (req: Request, res: Response) =>
      new Promise<Buffer | undefined>((resolve, reject) => {
        const declared = Number(req.headers['content-length'] ?? maxBodyBytes);
        const body: PendingBody = {
          prev: undefined,
          next: undefined,
          bytes: Math.max(minBytes, Math.min(declared, maxBodyBytes)),
          giveUp: () =>
            reject(new ServiceError('request-timeout', 'REQUEST_TOO_SLOW', 'The body did not arrive in time.')),
        };
        pending.add(body);
        totalBytes += body.bytes;
        makeRoomFor(body);
        readBody(req, res, maxBodyBytes)
          .finally(() => remove(body))
          .then(resolve, reject);
      }),
  };
}
