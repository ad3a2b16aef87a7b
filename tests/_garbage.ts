/** Collecting garbage on demand, for what is let go of only then. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// `as` here: neither runtime types its way to the collector.

/** Collects garbage and lets finalizers run. */
export async function collectGarbage(): Promise<void> {
  const bun = (globalThis as { Bun?: { gc(now: boolean): void } }).Bun;
  if (bun !== undefined) {
    bun.gc(true);
  } else {
    setFlagsFromString("--expose-gc");
    (runInNewContext("gc") as () => void)();
  }
  await new Promise((resolve) => setTimeout(resolve, 0));
}
