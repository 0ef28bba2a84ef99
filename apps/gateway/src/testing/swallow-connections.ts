import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { until } from '@badger-store/test-kit';

const program = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;

/** An address where connecting neither succeeds nor fails: the backlog of the listener is full. */
export async function swallowConnections(): Promise<{ readonly url: string; close(): Promise<unknown> }> {
  const worker = new Worker(program, { eval: true });
  const [port] = (await once(worker, 'message')) as [number];
  const waiting: Socket[] = [];
  const isFull = () => waiting.some((socket) => socket.connecting);
  await until('one more finds no room', async () => {
    if (!isFull()) waiting.push(connect(port, '127.0.0.1').on('error', () => undefined));
    await new Promise((resolve) => setTimeout(resolve, 50));
    return isFull();
  });
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      for (const socket of waiting) socket.destroy();
      return worker.terminate();
    },
  };
}
