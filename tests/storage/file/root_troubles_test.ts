/** What becomes of calls when something happens to the folder of their cache. */
import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cache, fleche, openCache } from "../../../mod.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { warningsOf } from "../../_warnings.ts";

const options = { timeout: 60_000 };

interface Trouble {
  /** Does it to the root, when something was kept there. */
  begin(root: string): void;
  /** Ends it. */
  end(root: string): void;
  /** How often is warned meanwhile. */
  readonly warnings: number;
}

const nothing = (): void => {};
const remove = (root: string): void => rmSync(root, { recursive: true });

const troubles: Readonly<Record<string, Trouble>> = {
  "is gone": { begin: remove, end: nothing, warnings: 0 },
  "is another, empty one": {
    begin: (root) => (renameSync(root, `${root}-old`), mkdirSync(root)),
    end: nothing,
    warnings: 0,
  },
  "is a file": {
    begin: (root) => (remove(root), writeFileSync(root, "a file")),
    end: (root) => rmSync(root),
    warnings: 1,
  },
  "is a link to nowhere": {
    begin: (root) => (remove(root), symlinkSync(`${root}-nowhere`, root)),
    end: (root) => rmSync(root),
    warnings: 1,
  },
  "holds a file where its entries should be": {
    begin: (root) => (remove(join(root, "v1")), writeFileSync(join(root, "v1"), "a file")),
    end: (root) => rmSync(join(root, "v1")),
    warnings: 1,
  },
};

for (const [what, { begin, end, warnings }] of Object.entries(troubles)) {
  test(
    `calls return, and are kept again afterwards, when the root ${what}`,
    options,
    () =>
      withTemporaryDirectory(async (directory) => {
        const root = join(directory, "root");
        const settings = { type: "CborFile", root };
        await using mine = openCache({ values: settings, calls: settings });
        let runs = 0;
        const double = fleche((x: number) => (runs++, 2 * x), { name: `double, root ${what}` });
        const count = fleche(async function* (to: number) {
          for (let at = 0; at < to; at++) yield await Promise.resolve(at);
        }, { name: `count, root ${what}` });
        using _cache = cache(mine);
        assert.equal(await double(1), 2);
        begin(root);
        const heard = await warningsOf(async () => {
          for (const x of [1, 2, 3]) assert.equal(await double(x), 2 * x);
          assert.equal((await Array.fromAsync(await count(100_000))).length, 100_000);
        });
        assert.equal(heard.length, warnings, heard.join("\n"));
        end(root);
        runs = 0;
        for (const x of [4, 4]) assert.equal(await double(x), 8);
        assert.equal(runs, 1);
      }),
  );
}
