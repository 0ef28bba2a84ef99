import { LinkedList, type Linked } from '@badger-store/redis-kit';
import { readBody, ServiceError } from '@badger-store/service-kit';
import type { Request, Response } from 'express';

const maxBodyBytes = 64 * 1024;
/** What a body costs beyond its bytes, at a guess. */
const minBytes = 4096;

interface Awaited extends Linked<Awaited> {
  readonly bytes: number;
  giveUp(): void;
}

export interface Bodies {
  /** Resolves to the whole body; see `readBody`. Rejects with 408 where this one is given up for others. */
  read(req: Request, res: Response): Promise<Buffer | undefined>;
}

/**
 * Reads bodies whole, before an upstream is asked: a slow client holds no connection to it. All that are awaited have `maxTotalBytes` at most;
 * past that the one is given up that has been awaited for longest, so that slow clients make way for others.
 */
export function createBodies(maxTotalBytes = 64 * 1024 * 1024): Bodies {
  const awaited = new LinkedList<Awaited>();
  let totalBytes = 0;

  const makeWay = (latest: Awaited): void => {
    while (totalBytes > maxTotalBytes && awaited.first && awaited.first !== latest) {
      const { first } = awaited;
      remove(first);
      first.giveUp();
    }
  };
  const remove = (body: Awaited): void => {
    if (awaited.first !== body && !body.prev) return;
    awaited.remove(body);
    totalBytes -= body.bytes;
  };

  return {
    read: (req, res) =>
      new Promise((resolve, reject) => {
        const declared = Number(req.headers['content-length'] ?? maxBodyBytes);
        const body: Awaited = {
          prev: undefined,
          next: undefined,
          bytes: Math.max(minBytes, Math.min(declared, maxBodyBytes)),
          giveUp: () => reject(tooSlow()),
        };
        awaited.add(body);
        totalBytes += body.bytes;
        makeWay(body);
        readBody(req, res, maxBodyBytes).then(
          (content) => {
            remove(body);
            resolve(content);
          },
          (error: unknown) => {
            remove(body);
            reject(error);
          },
        );
      }),
  };
}

const tooSlow = () =>
  new ServiceError('request-timeout', 'REQUEST_TOO_SLOW', 'The body did not arrive in time, and others are waiting.');
