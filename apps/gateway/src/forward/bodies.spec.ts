import { PassThrough } from 'node:stream';
import type { Request, Response } from 'express';
import { createBodies } from './bodies';

const kib = 1024;
const res = {} as Response;

const createRequest = (bytes?: number) => {
  const headers = bytes === undefined ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(bytes) };
  const req = Object.assign(new PassThrough(), { headers });
  return { req: req as unknown as Request, stream: req };
};

const tooSlow = { category: 'request-timeout', code: 'REQUEST_TOO_SLOW' };

describe('pending bodies', () => {
  it('the oldest pending body is given up when all together exceed the limit', async () => {
    const bodies = createBodies(100 * kib);
    const [first, second, third] = [createRequest(60 * kib), createRequest(40 * kib), createRequest(10 * kib)];
    const outcomes = [first, second, third].map(({ req }) => bodies.read(req, res));
    await expect(outcomes[0]).rejects.toMatchObject(tooSlow);
    second.stream.end(Buffer.alloc(40 * kib));
    third.stream.end(Buffer.alloc(10 * kib));
    expect((await outcomes[1])?.length).toBe(40 * kib);
    expect((await outcomes[2])?.length).toBe(10 * kib);
  });

  it('a chunked body counts as the largest until it is read', async () => {
    const bodies = createBodies(100 * kib);
    for (let n = 0; n < 3; n += 1) {
      const { req, stream } = createRequest();
      const read = bodies.read(req, res);
      stream.end('x');
      expect((await read)?.length).toBe(1);
    }
    const [one, other] = [createRequest(), createRequest()];
    const outcome = bodies.read(one.req, res);
    const later = bodies.read(other.req, res);
    await expect(outcome).rejects.toMatchObject(tooSlow);
    other.stream.end('x');
    expect((await later)?.length).toBe(1);
  });

  it('a body above 64 KiB is refused, and no longer counts', async () => {
    const bodies = createBodies(64 * kib);
    await expect(bodies.read(createRequest(65 * kib).req, res)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    const { req, stream } = createRequest(64 * kib);
    const read = bodies.read(req, res);
    stream.end(Buffer.alloc(64 * kib));
    expect((await read)?.length).toBe(64 * kib);
  });
});
