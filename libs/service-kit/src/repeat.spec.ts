import { repeat, type Repeated } from './repeat';

let repeated: Repeated | undefined;
beforeEach(() => jest.useFakeTimers());
afterEach(async () => {
  await repeated?.stop();
  jest.useRealTimers();
});

/** A task whose runs end when the test says so. */
function slowTask() {
  const ends: (() => void)[] = [];
  const task = jest.fn(() => new Promise<number>((resolve) => ends.push(() => resolve(100))));
  return { task, end: () => ends.shift()?.() };
}

describe('a repeated task', () => {
  it('is first run when it is told to', async () => {
    const task = jest.fn(() => Promise.resolve(100));
    repeated = repeat(task);
    await jest.advanceTimersByTimeAsync(1000);
    expect(task).not.toHaveBeenCalled();
    repeated.runNow();
    expect(task).toHaveBeenCalledTimes(1);
  });

  it('is run again after the time that it names, or up to a fifth earlier', async () => {
    const task = jest.fn().mockResolvedValueOnce(100).mockResolvedValue(1000);
    repeated = repeat(task);
    repeated.runNow();
    await jest.advanceTimersByTimeAsync(79);
    expect(task).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(21);
    expect(task).toHaveBeenCalledTimes(2);
    await jest.advanceTimersByTimeAsync(779);
    expect(task).toHaveBeenCalledTimes(2);
    await jest.advanceTimersByTimeAsync(221);
    expect(task).toHaveBeenCalledTimes(3);
  });

  it('is run before its time when it is told to, and still only once at that', async () => {
    const task = jest.fn(() => Promise.resolve(100));
    repeated = repeat(task);
    repeated.runNow();
    await jest.advanceTimersByTimeAsync(10);
    repeated.runNow();
    expect(task).toHaveBeenCalledTimes(2);
    await jest.advanceTimersByTimeAsync(79);
    expect(task).toHaveBeenCalledTimes(2);
  });

  it('never runs twice at the same time', async () => {
    const { task, end } = slowTask();
    repeated = repeat(task);
    repeated.runNow();
    repeated.runNow();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(task).toHaveBeenCalledTimes(1);
    end();
    await jest.advanceTimersByTimeAsync(100);
    expect(task).toHaveBeenCalledTimes(2);
    end();
  });

  it('is stopped when the run under way has ended, and not run any more', async () => {
    const { task, end } = slowTask();
    repeated = repeat(task);
    repeated.runNow();
    const stopped = jest.fn();
    const stopping = repeated.stop().then(stopped);
    await jest.advanceTimersByTimeAsync(1000);
    expect(stopped).not.toHaveBeenCalled();
    end();
    await stopping;
    repeated.runNow();
    await jest.advanceTimersByTimeAsync(1000);
    expect(task).toHaveBeenCalledTimes(1);
  });

  it('is stopped at once between two runs', async () => {
    const task = jest.fn(() => Promise.resolve(100));
    repeated = repeat(task);
    repeated.runNow();
    await jest.advanceTimersByTimeAsync(10);
    await repeated.stop();
    await jest.advanceTimersByTimeAsync(1000);
    expect(task).toHaveBeenCalledTimes(1);
  });
});
