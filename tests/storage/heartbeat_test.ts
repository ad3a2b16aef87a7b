import assert from "node:assert/strict";
import { test } from "node:test";
import { Heartbeat } from "../../src/storage/_heartbeat.ts";

test("Heartbeat gives the sign of what is held, and of nothing else", () => {
  const beats: string[][] = [];
  const heartbeat = new Heartbeat<string>(600_000, (held) => beats.push([...held]));
  heartbeat.add("a");
  heartbeat.add("b");
  heartbeat.beat();
  assert.equal(heartbeat.delete("a"), true);
  assert.equal(heartbeat.delete("a"), false);
  heartbeat.beat();
  heartbeat.delete("b");
  assert.deepEqual(beats, [["a", "b"], ["b"]]);
});

test("Heartbeat beats by itself while something is held, again after it was still", async () => {
  let onBeat = (): void => {};
  const heartbeat = new Heartbeat<string>(1, () => onBeat());
  for (let turn = 0; turn < 2; turn++) {
    // Its own timer keeps no process alive.
    const alive = setInterval(() => {}, 1000);
    const twice = new Promise<void>((resolve) => {
      let count = 0;
      onBeat = () => ++count === 2 && resolve();
    });
    heartbeat.add("a");
    await twice;
    heartbeat.delete("a");
    clearInterval(alive);
  }
});
