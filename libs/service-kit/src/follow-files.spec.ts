import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@badger-store/test-kit';
import { followFiles, type FollowedFiles } from './follow-files';

let folder: string;
let paths: string[];
let followed: FollowedFiles<number> | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'follow-files-'));
  paths = [join(folder, 'a'), join(folder, 'b')];
});
afterEach(async () => {
  followed?.close();
  await rm(folder, { recursive: true, force: true });
});

async function write(...texts: string[]) {
  for (const [index, text] of texts.entries()) {
    await writeFile(join(folder, 'new'), text);
    await rename(join(folder, 'new'), paths[index] ?? '');
  }
}

function follow() {
  const errors: string[] = [];
  const values: number[] = [];
  followed = followFiles({
    paths,
    parse([a, b]) {
      if (a !== b) throw new Error(`${a} is not ${b}`);
      return Number(a);
    },
    report: (error) => errors.push((error as Error).message),
    onChange: (value) => values.push(value),
    pollMs: 5,
  });
  return { current: followed.current, errors, values };
}

it('followFiles reads changed files again', async () => {
  await write('1', '1');
  const { current, values } = follow();
  expect(current()).toBe(1);
  await write('2', '2');
  await until('the change is read', () => current() === 2);
  expect(values).toEqual([2]);
});

it('followFiles throws when the first read fails', async () => {
  expect(follow).toThrow('ENOENT');
  await write('1', '2');
  expect(follow).toThrow('1 is not 2');
});

it('followFiles keeps the last good value, and reports a failure once, until the files can be used again', async () => {
  await write('1', '1');
  const { current, errors, values } = follow();
  await write('1', '2');
  await until('the failure is reported', () => errors.length > 0);
  await rm(paths[1] ?? '');
  await until('another failure is reported', () => errors.length > 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(errors).toEqual(['1 is not 2', expect.stringContaining('ENOENT')]);
  expect([current(), ...values]).toEqual([1]);
  await write('3', '3');
  await until('the change is read', () => current() === 3);
});
