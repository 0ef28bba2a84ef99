import { createInterval, type Interval } from './interval';

let interval: Interval | undefined;
beforeEach(() => jest.useFakeTimers());
afterEach(async () => {
  await interval?.stop();
  jest.useRealTimers();
});

/** A task whose runs end when the test says so. */
function slowTask() {
  const ends: (() => void)[] = [];
  const task = jest.fn(() => new Promise<number>((resolve) => ends.push(() => resolve(100))));
  return { task, end: () => ends.shift()?.() };
}

describe('an interval', () => {
  it('an interval starts its first run at once', () => {
    const task = jest.fn(() => Promise.resolve(100));
    interval = createInterval(task);
    expect(task).toHaveBeenCalledTimes(1);
  });

  it('an interval runs again after the time to which the task resolves, or up to a fifth earlier', async () => {
    const task = jest.fn().mockResolvedValueOnce(100).mockResolvedValue(1000);
    interval = createInterval(task);
    await jest.advanceTimersByTimeAsync(79);
    expect(task).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(21);
    expect(task).toHaveBeenCalledTimes(2);
    await jest.advanceTimersByTimeAsync(779);
    expect(task).toHaveBeenCalledTimes(2);
    await jest.advanceTimersByTimeAsync(221);
    expect(task).toHaveBeenCalledTimes(3);
  });

  it('runNow starts a run early and resets the time until the next run', async () => {
    const task = jest.fn(() => Promise.resolve(100));
    interval = createInterval(task);
    await jest.advanceTimersByTimeAsync(10);
    interval.runNow();
    expect(task).toHaveBeenCalledTimes(2);
    await jest.advanceTimersByTimeAsync(79);
    expect(task).toHaveBeenCalledTimes(2);
  });

  it('an interval has one run at a time', async () => {
    const { task, end } = slowTask();
    interval = createInterval(task);
    interval.runNow();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(task).toHaveBeenCalledTimes(1);
    end();
    await jest.advanceTimersByTimeAsync(100);
    expect(task).toHaveBeenCalledTimes(2);
    end();
  });

  it('stop resolves when the current run has ended, and no run follows', async () => {
    const { task, end } = slowTask();
    interval = createInterval(task);
    const stopped = jest.fn();
    const stopping = interval.stop().then(stopped);
    await jest.advanceTimersByTimeAsync(1000);
    expect(stopped).not.toHaveBeenCalled();
    end();
    await stopping;
    interval.runNow();
    await jest.advanceTimersByTimeAsync(1000);
    expect(task).toHaveBeenCalledTimes(1);
  });

  it('stop resolves immediately between two runs', async () => {
    const task = jest.fn(() => Promise.resolve(100));
    interval = createInterval(task);
    await jest.advanceTimersByTimeAsync(10);
    await interval.stop();
    await jest.advanceTimersByTimeAsync(1000);
    expect(task).toHaveBeenCalledTimes(1);
  });
});
