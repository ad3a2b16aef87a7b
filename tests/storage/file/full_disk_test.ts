/** What is said when the disk is full: the system does not say where that is. */
import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { readdirSync, type write } from "node:fs";
import { CborFile } from "../../../src/storage/cbor_file.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { DIGEST, noise } from "./_entries.ts";
import { systemError, withPatchedFs } from "./_patched_fs.ts";

for (const size of [100, 3 * 1024 * 1024]) {
  test(`CborFile says where a body of ${size} bytes could not be written, and leaves nothing there`, () =>
    withTemporaryDirectory(async (root) => {
      const storage = new CborFile({ root });
      await storage.put(DIGEST, noise(10));
      const full: Parameters<typeof withPatchedFs>[0] = {
        writeSync: () => {
          throw systemError("ENOSPC");
        },
        // `as`: Node's has a promisified form beside it.
        write: ((...parts: unknown[]) => {
          const callback = parts.at(-1);
          if (typeof callback === "function") queueMicrotask(() => callback(systemError("ENOSPC")));
        }) as typeof write,
      };
      await withPatchedFs(full, async () => {
        await assert.rejects(
          storage.put(DIGEST, noise(size)),
          ({ message, code }: Error & { code?: string }) => {
            assert.equal(code, "ENOSPC");
            assert.ok(message.startsWith(`Cannot write "${root}/v1/tmp/`), message);
            assert.ok(message.endsWith(": ENOSPC: made by a test"), message);
            return true;
          },
        );
      });
      assert.deepEqual(readdirSync(join(root, "v1", "tmp")), []);
      assert.deepEqual(await (await storage.get(DIGEST))?.bytes(), noise(10));
    }));
}
