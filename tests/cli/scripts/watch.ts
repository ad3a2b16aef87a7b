/** Reports of two streams, of which the second one never ends, to a bar on standard error. */
import process from "node:process";
import { progressBar } from "../../../src/cli/mod.ts";

const show = progressBar();
for (let at = 0; at <= 4; at++) {
  const shared = { from: "function", elapsedMs: at * 100, expectedBytes: 4096 } as const;
  show({ ...shared, name: "download", key: "1a2b", bytes: at * 1024, done: at === 4, outcome: undefined });
  show({ ...shared, name: "upload", key: "3c4d", bytes: at * 10, done: false, outcome: undefined });
  // What the stream of a user does: it waits for something now and then, at first until the drawing is loaded.
  await new Promise((resolve) => setTimeout(resolve, at === 0 ? 1000 : 20));
}
process.stdout.write("the program's own output\n");
