const inFlight = 64;

/** Makes the calls on one connection, 64 in flight. */
export async function addRepeatedly(calls, add) {
  let left = calls;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left-- > 0) await add();
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  return { seconds, perSecond: calls / seconds };
}
