import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Options of Node with which `askProbe` finds somebody to ask. */
export const probeOptions = ['--expose-gc', '--require', fileURLToPath(new URL('heap-probe.cjs', import.meta.url))];

/** Asks the probe in a server; `heap-probe.cjs` has the questions. */
export async function askProbe({ child }, question) {
  child.send(question);
  const [answer] = await once(child, 'message');
  return answer;
}
