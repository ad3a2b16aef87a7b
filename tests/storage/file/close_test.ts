/** Reading, where closing what was read fails. */
import assert from "node:assert/strict";
import test from "node:test";
import { CborFile } from "../../../mod.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { installFaultLayer } from "../../torture/_fault_layer.ts";

for (const size of [100, 100_000, 1_500_000]) {
  test(`CborFile gives an entry of ${size} bytes though closing its file fails`, () =>
    withTemporaryDirectory(async (root) => {
      const body = new Uint8Array(size).fill(7);
      const storage = new CborFile({ root });
      await storage.put("key", body);
      let closed = 0;
      const remove = installFaultLayer(root, {
        before: ({ name }) => name === "close" && ++closed > 0 ? { code: "EIO" } : undefined,
      });
      try {
        const found = await storage.get("key");
        assert.deepEqual(new Uint8Array(await new Response(found?.stream()).arrayBuffer()), body);
        assert.deepEqual(await (await storage.get("key"))?.bytes(), body);
      } finally {
        remove();
      }
      assert.ok(closed > 0, "nothing was closed");
    }));
}
