import { test } from "node:test";
import { CborFile } from "../../src/storage/cbor_file.ts";
import { storageConformance } from "../../src/testing/mod.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

for (const { name, run } of storageConformance) {
  test(
    `CborFile: ${name}`,
    { timeout: 60_000 },
    () =>
      withTemporaryDirectory((root) =>
        run(() => ({ storage: new CborFile({ root }), reopen: () => new CborFile({ root }) }))
      ),
  );
}
