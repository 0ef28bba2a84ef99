import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect as connectTcp, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { makeCertificates, until } from '@badger-store/test-kit';
import { watchCertificate } from './watch-certificate';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-certificate-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('the certificate of a server is read again while the connection stays, until the watch stops', async () => {
  const { caFile, server: files } = await makeCertificates(folder);
  const identity = { cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) };
  let connections = 0;
  const server = createServer(identity, (socket) => {
    connections += 1;
    socket.on('error', () => undefined).resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ca = readFileSync(caFile, 'utf8');
  const stream = connect({ host: '127.0.0.1', port, ca });
  await once(stream, 'secureConnect');

  const ends: Date[] = [];
  const stop = watchCertificate(
    stream,
    () => ({ tls: { ca } }),
    (expiresAt) => ends.push(expiresAt),
    20,
  );
  expect(ends).toHaveLength(1);
  await until('the certificate is read twice again', () => ends.length > 2);
  expect(new Set(ends.map(Number)).size).toBe(1);
  stop();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const atStop = connections;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(connections).toBe(atStop);
  stream.destroy();
  server.close();
});

it('a connection without TLS has no certificate', () => {
  const socket = connectTcp(1, '127.0.0.1').on('error', () => undefined);
  const onCertificate = jest.fn();
  watchCertificate(socket, () => ({}), onCertificate)();
  expect(onCertificate).not.toHaveBeenCalled();
  socket.destroy();
});
