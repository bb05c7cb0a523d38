/** Waits for a condition, asked again and again; throws with `what` and the last answer when it never comes. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false | null> | T | undefined | false | null,
  timeoutMs = 90_000,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  let last: unknown;
  for (let waitMs = 5; ; waitMs = Math.min(100, waitMs * 1.5)) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false && answer !== null) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end)
      throw new Error(`waited ${timeoutMs} ms for: ${what}; last: ${String(last)}`);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
