import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { StorageEvent } from "../../../src/storage/types.ts";
import { runtimeCommand } from "../../_runtime.ts";
import { maskedName } from "./_oracle.ts";
import { KEY, OTHER_KEY } from "./_sealed.ts";

/** In a process of its own: each cause is warned of once in one. */
function met(): { readonly warnings: string[]; readonly events: StorageEvent[] } {
  const [program = "", ...args] = runtimeCommand;
  const script = fileURLToPath(new URL("_print_refusals.ts", import.meta.url));
  return JSON.parse(execFileSync(program, [...args, script], { encoding: "utf8" }));
}

test("SealedStorage warns once per cause, of what would work, and shows no key; watchers hear each time", {
  timeout: 60_000,
}, async () => {
  const { warnings, events } = met();
  const [unsigned = "", newer = "", refused = "", encrypted = "", ...more] = warnings;
  assert.deepEqual(more, []);
  assert.match(unsigned, /"k": it is not signed/);
  assert.match(newer, /"k": it was sealed by a newer version/);
  assert.match(refused, /"k": .*list that in secret_key/);
  assert.match(encrypted, /is encrypted.*encrypt = true/);
  for (const secret of [KEY, OTHER_KEY]) assert(!warnings.join().includes(secret.slice(0, 16)));
  const name = await maskedName(KEY, "k");
  const told = [["k", "refused"], ["k", "refused"], ["k", "version"], ["k", "refused"], [name, "refused"]];
  assert.deepEqual(
    events.map((event) => [event.key, event.reason]),
    [...told, ...told],
  );
  assert(events.every((event) => event.type === "unusable"));
});
