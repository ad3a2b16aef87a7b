import assert from "node:assert/strict";
import test from "node:test";
import { Tally } from "../../src/cache/tally.ts";

const area = { name: "area", module: "m.ts" };

test("Tally counts hits with the time that they saved, misses by reason, and puts", () => {
  const tally = new Tally();
  tally.addMiss(area, "absent");
  tally.addPut(area);
  tally.addHit(area, 1.5);
  tally.addHit(area, 2);
  tally.addMiss(area, "damaged");
  const { hits, misses, puts, savedSeconds } = tally.totals();
  assert.deepEqual({ hits, puts, savedSeconds }, { hits: 2, puts: 1, savedSeconds: 3.5 });
  assert.deepEqual(Object.entries(misses).filter(([, count]) => count > 0), [["absent", 1], ["damaged", 1]]);
});

test("Tally counts each function for itself, by name and module", () => {
  const tally = new Tally();
  tally.addHit(area, 1);
  tally.addHit({ ...area, module: undefined }, 2);
  tally.addHit({ ...area }, 4);
  tally.addPut({ ...area, name: "volume" });
  assert.deepEqual(
    tally.functions().map(({ name, module, hits, puts, savedSeconds }) => [
      name,
      module,
      hits,
      puts,
      savedSeconds,
    ]),
    [["area", "m.ts", 2, 0, 5], ["area", undefined, 1, 0, 2], ["volume", "m.ts", 0, 1, 0]],
  );
});

test("Tally's figures are a copy: what is counted later does not change them", () => {
  const tally = new Tally();
  tally.addMiss(area, "absent");
  const totals = tally.totals();
  const [own] = tally.functions();
  tally.addMiss(area, "absent");
  assert.deepEqual([totals.misses.absent, own?.misses.absent], [1, 1]);
});

test("Tally counts functions beyond the thousandth in the totals alone", () => {
  const tally = new Tally();
  for (let index = 0; index < 1100; index++) tally.addHit({ name: `f${index}` }, 1);
  tally.addHit({ name: "f0" }, 1);
  assert.equal(tally.functions().length, 1000);
  assert.equal(tally.functions()[0]?.hits, 2);
  assert.equal(tally.totals().hits, 1101);
});
