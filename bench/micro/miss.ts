/**
 * What a miss costs that writes: an asynchronous function of one argument, called with a new argument each time, with
 * a result that is nowhere yet. The function itself takes next to no time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { contestants } from "../contestants/mod.ts";
import type { Group } from "../harness/figures.ts";
import { answer, type Query, query } from "../harness/inputs.ts";
import { measure, mostCalls } from "../harness/measure.ts";
import { withOpened } from "../harness/opened.ts";
import { handOver } from "../harness/report.ts";

/** Bounds how many entries a quick contestant leaves behind. */
const options = { maxBatch: 200 };

async function misses<T>(
  id: string,
  title: string,
  argument: (i: number) => T,
  number: (argument: T) => number,
): Promise<Group> {
  const args = Array.from({ length: mostCalls(options) }, (_, i) => argument(i));
  const work = (given: unknown) => Promise.resolve(answer(number(given as T)));
  return await withOpened(
    contestants.filter(({ only }) => only !== "hit"),
    work,
    async (opened, absent) => {
      const calls = new Map<string, number>();
      const group = await measure(
        { id, title, reference: "fleche-files", absent },
        opened.map(({ contestant: { id, label, note }, cached }) => ({
          id,
          label,
          note,
          call: (i) => {
            calls.set(id, i + 1);
            return cached.call(args[i]);
          },
          ...(cached.enter === undefined ? {} : { enter: cached.enter }),
        })),
        options,
      );
      for (const { computed, contestant } of opened) {
        assert.equal(
          computed(),
          calls.get(contestant.id),
          `${contestant.id} had what it should have computed`,
        );
      }
      return group;
    },
  );
}

handOver([
  await misses<Query>(
    "miss/object",
    "Miss that writes, argument {id, name, tags[3], nested}",
    query,
    ({ id }) => id,
  ),
  await misses<number>("miss/scalar", "Miss that writes, argument a number", (i) => i + 0.5, (i) => i - 0.5),
]);
