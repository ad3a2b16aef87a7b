import assert from "node:assert/strict";
import test from "node:test";
import { Runtime } from "../../src/metadata/runtime.ts";

test("Runtime gives seconds: epoch, elapsed and processor time", () => {
  const runtime = new Runtime();
  const earliest = Date.now() / 1000;
  const before = runtime.before();
  // Work for some 30 ms of processor time, so that the kernel's tick sees it.
  const from = performance.now();
  let sum = 0;
  while (performance.now() - from < 30) sum += Math.sqrt(sum + 1);
  const entry = runtime.after(before);
  const latest = Date.now() / 1000;
  const { timestart, timestop, walltime, cputime, systime } = entry;
  assert.deepEqual(Object.keys(entry).sort(), ["cputime", "systime", "timestart", "timestop", "walltime"]);
  for (const value of [timestart, timestop, walltime, cputime, systime]) assert.equal(typeof value, "number");
  assert.ok(
    earliest <= Number(timestart) && Number(timestart) <= Number(timestop) && Number(timestop) <= latest,
  );
  assert.ok(Number(walltime) >= 0.03 && Number(walltime) <= latest - earliest + 0.01, `walltime ${walltime}`);
  // Other threads of the process (compiler, collector) count too; the machine has so many processors at most.
  assert.ok(Number(cputime) > 0.005 && Number(cputime) < Number(walltime) * 64 + 0.05, `cputime ${cputime}`);
  assert.ok(Number(systime) >= 0 && Number(systime) < Number(walltime) * 64 + 0.05, `systime ${systime}`);
  assert.deepEqual(JSON.parse(JSON.stringify(entry)), entry);
});

test("Runtime measures walltime by the monotonic clock when the wall clock is set back", (t) => {
  const runtime = new Runtime();
  const real = Date.now();
  let monotonic = 5000;
  t.mock.method(performance, "now", () => monotonic);
  const wall = t.mock.method(Date, "now", () => real);
  const before = runtime.before();
  monotonic += 1500;
  wall.mock.mockImplementation(() => real - 3_600_000);
  const entry = runtime.after(before);
  assert.equal(entry["walltime"], 1.5);
  assert.equal(entry["timestart"], real / 1000);
  assert.equal(entry["timestop"], real / 1000 - 3600);
});

test("Runtime keeps overlapping calls of one instance apart", (t) => {
  let monotonic = 0;
  t.mock.method(performance, "now", () => monotonic);
  const runtime = new Runtime();
  const first = runtime.before();
  monotonic = 1000;
  const second = runtime.before();
  monotonic = 3000;
  assert.equal(runtime.after(first)["walltime"], 3);
  assert.equal(runtime.after(second)["walltime"], 2);
});

test("Runtime gives null for processor time where the runtime does not tell", (t) => {
  t.mock.method(process, "cpuUsage", () => {
    throw new Error("not here");
  });
  const runtime = new Runtime();
  const entry = runtime.after(runtime.before());
  assert.equal(entry["cputime"], null);
  assert.equal(entry["systime"], null);
  assert.equal(typeof entry["walltime"], "number");
});

test("Runtime gives null for what it was not told of the start", () => {
  const entry = new Runtime().after({});
  assert.equal(entry["timestart"], null);
  assert.equal(entry["walltime"], null);
});
