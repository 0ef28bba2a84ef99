import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the range of local ports for outgoing connections: such a connection could take the port before the server listens on it.
const lowest = 20_000;
const highest = 32_000;
const maxTries = 50;

/** Each worker of Jest has ports of its own: between the check and the start of a server, another worker could take the same port. */
const workers = 8;
const perWorker = Math.floor((highest - lowest) / workers);
const first = lowest + (Number(process.env.JEST_WORKER_ID ?? 0) % workers) * perWorker;
let next = Math.floor(Math.random() * perWorker);

/** A port of 127.0.0.1 on which no server listens. This process returns it again only after all others. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const port = first + (next++ % perWorker);
    if (await isFree(port)) return port;
  }
  throw new Error('There is no free port.');
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch {
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}
