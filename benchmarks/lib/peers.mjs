import { fileURLToPath } from 'node:url';
import { onServerCore } from './cores.mjs';
import { freePort, listens, startProgram } from './processes.mjs';

/** Starts one of `benchmarks/peers`, on the core of what is under test unless it is not. */
export async function startPeer(name, env, { isUnderTest = true, nodeOptions = [] } = {}) {
  const command = [process.execPath, ...nodeOptions, fileURLToPath(new URL(`../peers/${name}.mjs`, import.meta.url))];
  const port = await freePort();
  const program = await startProgram({
    command: isUnderTest ? onServerCore(command) : command,
    env: { NODE_ENV: 'production', PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    isReady: () => listens(port),
  });
  return { url: `http://127.0.0.1:${port}`, ...program };
}
