import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import test from "node:test";
import { pause } from "../src/_pause.ts";

test("pause is over after a while, and leaves no listener", async () => {
  const { signal } = new AbortController();
  const begun = performance.now();
  await pause(20, signal);
  assert.ok(performance.now() - begun >= 19);
  assert.equal(getEventListeners(signal, "abort").length, 0);
});

test("pause rejects with the signal's reason, before and while it waits", async () => {
  const controller = new AbortController();
  const waiting = pause(60_000, controller.signal);
  controller.abort("enough");
  await assert.rejects(waiting, (reason) => reason === "enough");
  await assert.rejects(pause(60_000, controller.signal), (reason) => reason === "enough");
});
