/** cachified on a Map. @module */
import { load } from "../harness/load.ts";
import type { CacheContestant } from "./contract.ts";

interface Cachified {
  cachified(options: {
    key: string;
    cache: Map<string, unknown>;
    getFreshValue(): Promise<unknown>;
  }): Promise<unknown>;
}

/** cachified on a Map; every hit is the same object. */
export const cachifiedMemory: CacheContestant = {
  id: "cachified",
  label: "cachified (Map)",
  note: "memory; key JSON.stringify; hits share one object",
  async open(_directory, work) {
    const { cachified } = await load<Cachified>("@epic-web/cachified");
    const cache = new Map<string, unknown>();
    return {
      call: (argument) =>
        cachified({ key: JSON.stringify(argument), cache, getFreshValue: () => work(argument) }),
      close() {},
    };
  },
};
