/** p-memoize on its own Map, and the same by hand: what memory can do without a cache around it. @module */
import { load } from "../harness/load.ts";
import type { CacheContestant, Work } from "./contract.ts";

interface PMemoize {
  default(work: Work, options: { cacheKey(args: readonly [unknown]): string }): Work;
}

/** p-memoize; every hit is the same object. */
export const pMemoize: CacheContestant = {
  id: "p-memoize",
  label: "p-memoize",
  note: "memory; key JSON.stringify; hits share one object",
  async open(_directory, work) {
    const { default: memoize } = await load<PMemoize>("p-memoize");
    return {
      call: memoize(work, { cacheKey: ([argument]) => JSON.stringify(argument) }),
      close() {},
    };
  },
};
