/**
 * Resolves as soon as the condition holds. Rejects when it does not within the time; a condition that is a text says what was missing
 * last.
 */
export async function until(
  what: string,
  condition: () => Promise<boolean | string> | boolean | string,
  timeoutMs = 30_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const state = await condition();
    if (state === true) return;
    if (Date.now() > end) throw new Error(`Not within ${timeoutMs} ms: ${state || what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
