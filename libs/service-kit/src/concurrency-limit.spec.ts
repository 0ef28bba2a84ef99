import { createConcurrencyLimit } from './concurrency-limit';

const refusal = () => new Error('refused');

function startTasks(...limits: [concurrency: number, maxWaiting: number]) {
  const limited = createConcurrencyLimit(...limits, refusal);
  const started: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  const run = () => limited(() => new Promise<string>((resolve, reject) => started.push({ resolve, reject })));
  return { started, run };
}

it('a concurrency limit refuses a task while too many run, until one of them ends, also by failing', async () => {
  const { started, run } = startTasks(2, 0);
  const running = [run(), run()];
  await expect(run()).rejects.toThrow('refused');
  expect(started).toHaveLength(2);
  started[0]?.reject(new Error('timeout'));
  await expect(running[0]).rejects.toThrow('timeout');
  const next = run();
  await expect(run()).rejects.toThrow('refused');
  for (const { resolve } of started) resolve('done');
  expect(await next).toBe('done');
});

it('a concurrency limit starts waiting tasks in their order, each when a task ends, and refuses one that finds the queue full', async () => {
  const { started, run } = startTasks(1, 2);
  const tasks = [run(), run(), run()];
  await expect(run()).rejects.toThrow('refused');
  for (const [index, task] of tasks.entries()) {
    expect(started).toHaveLength(index + 1);
    started[index]?.resolve(`task ${index}`);
    expect(await task).toBe(`task ${index}`);
  }
  const next = run();
  started[3]?.resolve('done');
  expect(await next).toBe('done');
});
