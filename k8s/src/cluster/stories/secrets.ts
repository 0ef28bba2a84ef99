import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../run-program';
import { shopWhile, type Story, type World } from './story';

/** The pages wait until the nodes have new Secrets, which takes a minute or two. */
const deadlineMs = 900_000;

/** Runs the commands of a page of docs/how-to while customers shop. */
function runPage(name: string, page: string, section?: string): Story {
  const getPath = ({ options }: World) => join(options.project, 'docs/how-to', page);
  return {
    name,
    whySkip: (world) => (existsSync(getPath(world)) ? undefined : `there is no page ${page}`),
    run: (world) =>
      shopWhile(world, { noErrors: true }, async () => {
        const text = await readFile(getPath(world), 'utf8');
        await runCommands(world, findCommands(text, section));
      }),
  };
}

/** The fenced commands of a section, or of the page. */
export function findCommands(page: string, section?: string): string {
  const text = section === undefined ? page : page.split(/^## /m).find((part) => part.startsWith(`${section}\n`));
  const blocks = [...(text ?? '').matchAll(/^( *)```sh\n(.*?)^ *```$/gms)].map(([, indent = '', commands = '']) =>
    commands.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
  if (blocks.length === 0) throw new Error(`The page has no commands${section === undefined ? '' : ` in ${section}`}.`);
  return blocks.join('\n');
}

/** With a kubectl on the PATH that uses the context of the run. */
async function runCommands({ kubernetes, options }: World, commands: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'badger-commands-'));
  try {
    const quoted = kubernetes.command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    // With the outer PATH: the program of --kubectl may be a script that calls kubectl.
    const wrapper = `#!/bin/sh\nPATH='${process.env.PATH}' exec ${quoted} "$@"\n`;
    await writeFile(join(folder, 'kubectl'), wrapper, { mode: 0o755 });
    const script = commands.replaceAll(/(namespace=|-n )badger-store\b/g, `$1${options.namespace}`);
    const env = { PATH: `${folder}:${process.env.PATH}` };
    await runProgram('sh', ['-euc', script], { cwd: options.project, env, timeoutMs: deadlineMs });
  } finally {
    await rm(folder, { recursive: true });
  }
}

export const redisPasswords = runPage('redis-passwords', 'change-redis-passwords.md', "A service's password");
export const postgresPasswords = runPage('postgres-passwords', 'change-postgres-passwords.md');
export const userTokenKeys = runPage('user-token-keys', 'change-user-token-keys.md');
export const serviceTokenSecrets = runPage('service-token-secrets', 'change-service-secrets.md', 'Service tokens');
