import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { until } from './until';

const program = `
  const { parentPort, workerData } = require('node:worker_threads');
  let requests = 0;
  const server = require('node:http').createServer((req, res) => {
    if (req.url !== '/livez') requests += 1;
    req.resume().once('end', () => res.end(String(requests)));
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => parentPort.postMessage(server.address().port));
  parentPort.on('message', () => {
    parentPort.postMessage('lost');
    Atomics.store(workerData, 0, 0);
    setImmediate(() => Atomics.wait(workerData, 0, 0));
  });
`;

export interface LosableServer {
  readonly url: string;
  /** Connections stay open without a response, as those to a lost machine do. New ones neither succeed nor fail. */
  lose(): Promise<void>;
  /** Accepts connections, but does not respond. */
  hang(): Promise<void>;
  restore(): void;
  close(): Promise<unknown>;
}

/** A server that counts its requests but those of `/livez`, and responds with the count. */
export async function serveLosably(): Promise<LosableServer> {
  const state = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(program, { eval: true, workerData: state });
  const [port] = (await once(worker, 'message')) as [number];
  const waiting: Socket[] = [];
  let isHung = false;
  const hang = async () => {
    if (isHung) return;
    isHung = true;
    worker.postMessage('hang');
    await once(worker, 'message');
  };
  return {
    url: `http://127.0.0.1:${port}`,
    hang,
    async lose() {
      await hang();
      const isFull = () => waiting.some((socket) => socket.connecting);
      await until('the backlog of the listener is full', async () => {
        if (!isFull()) waiting.push(connect(port, '127.0.0.1').on('error', () => undefined));
        await new Promise((resolve) => setTimeout(resolve, 50));
        return isFull();
      });
    },
    restore() {
      isHung = false;
      for (const socket of waiting.splice(0)) socket.destroy();
      Atomics.store(state, 0, 1);
      Atomics.notify(state, 0);
    },
    close() {
      for (const socket of waiting.splice(0)) socket.destroy();
      return worker.terminate();
    },
  };
}
