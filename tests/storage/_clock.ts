/** Clocks that go as the test says. */

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

/** Runs `body` while the wall clock is `offsetMs` ahead of what it was (behind, where that is negative). */
export async function withWallClockSet(offsetMs: number, body: () => Promise<void>): Promise<void> {
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...args: [] | [number | string]) {
      super(...(args.length === 0 ? [RealDate.now() + offsetMs] : args) as [number]);
    }
    static override now(): number {
      return RealDate.now() + offsetMs;
    }
  } as DateConstructor;
  try {
    await body();
  } finally {
    globalThis.Date = RealDate;
  }
}
