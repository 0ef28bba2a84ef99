import dns from 'node:dns';
import { connect } from 'node:net';
import { once } from 'node:events';
import { serveLocally } from '@badger-store/test-kit';
import { createResolve, keepGoodAddresses } from './keep-good-addresses';

type Found = { address: string; family: number }[];

/** A DNS whose lookups the test answers. */
function createDns() {
  const lookups: { find: (found: Found) => void; fail: (error: Error) => void }[] = [];
  const resolve = createResolve(() => new Promise((find, fail) => lookups.push({ find, fail })));
  const ask = async (host = 'store.test') => (await resolve(host)).map(({ address }) => address);
  const answer = (...found: string[]) => lookups.shift()?.find(found.map((address) => ({ address, family: 4 })));
  const fail = () => lookups.shift()?.fail(new Error('EAI_AGAIN'));
  return { ask, answer, fail, lookups };
}

it('concurrent connections share one lookup', async () => {
  const { ask, answer, lookups } = createDns();
  const asked = [ask(), ask(), ask()];
  expect(lookups).toHaveLength(1);
  answer('10.0.0.1');
  expect(await Promise.all(asked)).toEqual([['10.0.0.1'], ['10.0.0.1'], ['10.0.0.1']]);
});

it('a name that was never resolved fails with the error of its lookup, and is looked up again', async () => {
  const { ask, answer, fail } = createDns();
  const failed = ask();
  fail();
  await expect(failed).rejects.toThrow('EAI_AGAIN');
  const asked = ask();
  answer('10.0.0.1');
  expect(await asked).toEqual(['10.0.0.1']);
});

it.each<[string, (dns: ReturnType<typeof createDns>) => void]>([
  ['fails', ({ fail }) => fail()],
  ['finds nothing', ({ answer }) => answer()],
  ['is not answered', () => undefined],
])('the last good addresses are used when a lookup %s', async (_what, end) => {
  const server = createDns();
  const first = server.ask();
  server.answer('10.0.0.1', '10.0.0.2');
  await first;
  const asked = server.ask();
  end(server);
  expect(await asked).toEqual(['10.0.0.1', '10.0.0.2']);
});

it('a connection gets the addresses of a lookup that is answered soon', async () => {
  const { ask, answer } = createDns();
  const first = ask();
  answer('10.0.0.1');
  await first;
  const asked = ask();
  answer('10.0.0.9');
  expect(await asked).toEqual(['10.0.0.9']);
});

it('a name has one lookup in flight while DNS does not respond, and its late answer is used', async () => {
  const { ask, answer, lookups } = createDns();
  const first = ask();
  answer('10.0.0.1');
  await first;
  for (let n = 0; n < 5; n += 1) expect(await ask()).toEqual(['10.0.0.1']);
  expect(lookups).toHaveLength(1);
  answer('10.0.0.9');
  await new Promise(setImmediate);
  const asked = ask();
  expect(lookups).toHaveLength(1);
  answer('10.0.0.9');
  expect(await asked).toEqual(['10.0.0.9']);
});

it('a hundred names are kept', async () => {
  const { ask, answer, fail } = createDns();
  for (let n = 0; n <= 100; n += 1) {
    const asked = ask(`${n}.test`);
    answer('10.0.0.1');
    await asked;
  }
  const [oldest, kept] = [ask('0.test'), ask('100.test')];
  fail();
  fail();
  await expect(oldest).rejects.toThrow('EAI_AGAIN');
  expect(await kept).toEqual(['10.0.0.1']);
});

describe('connections of a process that keeps good addresses', () => {
  afterEach(() => jest.restoreAllMocks());

  it('a connection by name succeeds after DNS fails, for each family that is asked for', async () => {
    const real = jest.spyOn(dns, 'lookup');
    const restore = keepGoodAddresses();
    const server = await serveLocally((_req, res) => void res.end('there'));
    try {
      const url = server.url.replace('127.0.0.1', 'localhost');
      expect(await (await fetch(url)).text()).toBe('there');
      real.mockImplementation(((_host: string, _options: object, done: (error: Error) => void) =>
        setImmediate(() => done(new Error('EAI_AGAIN')))) as unknown as typeof dns.lookup);
      for (const family of [0, 4]) {
        const socket = connect({ host: 'localhost', port: server.port, family });
        await once(socket, 'connect');
        socket.destroy();
      }
      const failing = connect({ host: 'other.test', port: server.port });
      await expect(once(failing, 'connect')).rejects.toThrow('EAI_AGAIN');
    } finally {
      restore();
      await server.close();
    }
    expect(dns.lookup).toBe(real);
  });
});
