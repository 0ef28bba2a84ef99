// npm run test:cluster: stories of failures against the store in a real cluster. The usage is in options.ts.
import { writeFile } from 'node:fs/promises';
import { createKubernetes } from './kubernetes';
import { parseOptions, usage, type Options } from './options';
import { toTable, type Result } from './report';
import { awaitReady, deleteStore, isStoreThere } from './store';
import { stories } from './stories';
import type { Story, World } from './stories/story';

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

void main();

async function main(): Promise<void> {
  let options: Options;
  try {
    options = parseOptions(
      process.argv.slice(2),
      stories.map(({ name }) => name),
    );
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}\n`);
    process.exitCode = 2;
    return;
  }
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
  try {
    const results = await runStories(options, interrupt.signal);
    const table = toTable(results);
    say(`\n${table}`);
    if (options.table !== undefined) await writeFile(options.table, `${table}\n`);
    process.exitCode = results.some(({ missed }) => missed.length > 0) ? 1 : 0;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}

async function runStories(options: Options, interrupted: AbortSignal): Promise<Result[]> {
  const kubernetes = await createKubernetes(options);
  const world: World = { kubernetes, options, interrupted };
  const isThere = await isStoreThere(kubernetes, options);
  const wanted = stories.filter(({ name }) => (options.only?.includes(name) ?? true) || (name === 'apply' && !isThere));
  say(`context    ${options.context}`);
  say(`nodes      ${await kubernetes.kubectl(['get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}'])}`);
  say(`namespaces ${options.namespace}, ${options.namespace}-ingress, ${options.namespace}-other`);
  say(`images     badger-store/*:${options.tag}`);
  say(`stories    ${wanted.map(({ name }) => name).join(' ')}\n`);
  const results: Result[] = [];
  try {
    for (const story of wanted) {
      if (interrupted.aborted) break;
      const result = await runStory(story, world);
      results.push(result);
      sayResult(result);
    }
  } finally {
    if (!options.keep) await deleteStore(kubernetes, options);
  }
  return results;
}

async function runStory(story: Story, world: World): Promise<Result> {
  const { name } = story;
  try {
    const skipped = await story.whySkip?.(world);
    if (skipped !== undefined) return { story: name, skipped, missed: [] };
    say(`${new Date().toISOString()} ${name}`);
    return { story: name, ...(await story.run(world)) };
  } catch (error) {
    const { message, cause } = error as Error;
    say(`  ${message}${cause ? `\n  ${(cause as Error).message}` : ''}`);
    if (world.interrupted.aborted) return { story: name, missed: ['interrupted'] };
    // The next story starts with a whole store.
    await awaitReady(world.kubernetes, world.options).catch((failure: Error) => say(`  ${failure.message}`));
    return { story: name, missed: [`failed: ${message.split('\n')[0]}`] };
  }
}

function sayResult({
  story,
  requests,
  errors,
  errorKinds,
  outage,
  violations,
  seconds,
  missed,
  skipped,
}: Result): void {
  if (skipped !== undefined) {
    say(`${story} skipped: ${skipped}`);
    return;
  }
  const parts = [
    requests === undefined ? '' : `${requests} requests, ${errors} errors`,
    outage ? `longest outage ${(outage.ms / 1000).toFixed(1)} s (${outage.kind})` : '',
    violations ? `${violations.length} violations` : '',
    seconds === undefined ? '' : `${seconds.toFixed(0)} s`,
  ];
  const verdict = missed.length === 0 ? 'passed' : `FAILED: ${missed.join('; ')}`;
  say([`${story} ${verdict}`, ...parts.filter((part) => part !== '')].join(', '));
  for (const [kind, count] of errorKinds ?? []) say(`  ${count} × ${kind}`);
  for (const violation of violations?.slice(0, 20) ?? []) say(`  violation: ${violation}`);
}
