/** A monotonic clock that goes as the test says. */

/** Runs `body` while every look at `performance.now` is `stepMs` later than the one before. */
export async function withClockOf(stepMs: number, body: () => Promise<void>): Promise<void> {
  const original = performance.now.bind(performance);
  let now = original();
  performance.now = () => now += stepMs;
  try {
    await body();
  } finally {
    performance.now = original;
  }
}
