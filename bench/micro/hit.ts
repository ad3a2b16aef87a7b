/**
 * What a hit costs: an asynchronous function of one argument, called again with arguments it was called with before.
 * A hundred different arguments are gone through in turn; each result is checked once before it is timed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { contestants } from "../contestants/mod.ts";
import type { Group } from "../harness/figures.ts";
import { answer, query } from "../harness/inputs.ts";
import { measure } from "../harness/measure.ts";
import { withOpened } from "../harness/opened.ts";
import { handOver } from "../harness/report.ts";

const count = 100;

async function hits(id: string, title: string, args: readonly unknown[]): Promise<Group> {
  const numbers = new Map(args.map((argument) => [JSON.stringify(argument), 0]));
  [...numbers.keys()].forEach((key, i) => numbers.set(key, i));
  const work = (argument: unknown) => Promise.resolve(answer(numbers.get(JSON.stringify(argument)) ?? -1));
  return await withOpened(
    contestants.filter(({ only }) => only !== "miss"),
    work,
    async (opened, absent) => {
      for (const { cached, contestant } of opened) {
        cached.enter?.();
        for (const argument of args) await cached.call(argument);
        for (const [i, argument] of args.entries()) {
          assert.deepEqual(await cached.call(argument), answer(i), contestant.id);
        }
      }
      const group = await measure(
        { id, title, reference: "fleche-files", absent },
        opened.map(({ contestant, cached }) => ({
          ...contestant,
          call: (i) => cached.call(args[i % count]),
          ...(cached.enter === undefined ? {} : { enter: cached.enter }),
        })),
      );
      for (const { computed, contestant } of opened) {
        assert.equal(computed(), count, `${contestant.id} computed what it should have had`);
      }
      return group;
    },
  );
}

handOver([
  await hits(
    "hit/object",
    "Hit, argument {id, name, tags[3], nested}",
    Array.from({ length: count }, (_, i) => query(i)),
  ),
  await hits("hit/scalar", "Hit, argument a number", Array.from({ length: count }, (_, i) => i + 0.5)),
]);
