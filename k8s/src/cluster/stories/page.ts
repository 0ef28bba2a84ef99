import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../run-program';
import type { World } from './story';

/** Some pages wait until the nodes have new Secrets, which takes a minute or two. */
const deadlineMs = 900_000;

/** The fenced commands of a section, or of the page. */
export function findCommands(page: string, section?: string): string {
  const text = section === undefined ? page : page.split(/^## /m).find((part) => part.startsWith(`${section}\n`));
  const blocks = [...(text ?? '').matchAll(/^( *)```sh\n(.*?)^ *```$/gms)].map(([, indent = '', commands = '']) =>
    commands.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
  if (blocks.length === 0) throw new Error(`The page has no commands${section === undefined ? '' : ` in ${section}`}.`);
  return blocks.join('\n');
}

interface PageOptions {
  /** The whole page by default. */
  readonly section?: string | undefined;
  /** The project's by default. */
  readonly cwd?: string;
  /** Of variables that the commands set. */
  readonly values?: Readonly<Record<string, string>>;
}

/** Runs the commands of a page of docs/how-to. The kubectl on their PATH uses the context of the run. */
export async function runPage(
  { kubernetes, options }: World,
  page: string,
  { section, cwd = options.project, values = {} }: PageOptions = {},
): Promise<void> {
  const commands = findCommands(await readFile(join(options.project, 'docs/how-to', page), 'utf8'), section);
  const folder = await mkdtemp(join(tmpdir(), 'badger-commands-'));
  try {
    const quoted = kubernetes.command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    // With the outer PATH: the program of --kubectl may be a script that calls kubectl.
    const wrapper = `#!/bin/sh\nPATH='${process.env.PATH}' exec ${quoted} "$@"\n`;
    await writeFile(join(folder, 'kubectl'), wrapper, { mode: 0o755 });
    const script = Object.entries({ namespace: options.namespace, ...values }).reduce(
      (text, [name, value]) => text.replaceAll(new RegExp(`\\b${name}=\\S+`, 'g'), `${name}=${value}`),
      commands.replaceAll(/-n badger-store\b/g, `-n ${options.namespace}`),
    );
    const env = { PATH: `${folder}:${process.env.PATH}` };
    await runProgram('sh', ['-euc', script], { cwd, env, timeoutMs: deadlineMs });
  } finally {
    await rm(folder, { recursive: true });
  }
}
