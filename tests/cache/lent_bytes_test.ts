import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BagOfHoldingH5File,
  Cache,
  CborFile,
  CloudpickleFile,
  CodecFile,
  fleche,
  PickleFile,
} from "../../mod.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

/** A codec that takes its time before it looks at the bytes. */
class SlowFile extends CodecFile {
  constructor(options: { readonly root: string }) {
    super(options, ".slow", {
      name: "slow",
      encode: (value) => new TextEncoder().encode(JSON.stringify(value)),
      decode: async (body) => {
        await new Promise((resolve) => setTimeout(resolve, 0));
        return JSON.parse(new TextDecoder().decode(body as Uint8Array));
      },
    });
  }
}

// A storage lends the bytes of a small entry until it is asked for the next one, and these codecs answer later: on first use,
// or always.
for (const Storage of [PickleFile, CloudpickleFile, BagOfHoldingH5File, SlowFile]) {
  test(
    `two first hits at the same time over ${Storage.name} are each its own call's`,
    { timeout: 60_000 },
    () =>
      withTemporaryDirectory(async (root) => {
        const open = () => {
          const cache = new Cache({
            values: new Storage({ root: `${root}/v` }),
            calls: new CborFile({ root: `${root}/c` }),
          });
          const f = fleche((n: number) => ({ n, text: `result ${n}` }), {
            name: "lent",
            module: "tests",
            cache,
          });
          return { cache, f };
        };
        const numbers = [1, 2, 3, 4];
        const expected = numbers.map((n) => ({ n, text: `result ${n}` }));
        for (let turn = 0; turn < 2; turn++) {
          const { cache, f } = open();
          // The storages' code is loaded, and answers at once; the codec's is not.
          await Promise.all([cache.values.has("0"), cache.calls.has("0")]);
          assert.deepEqual(await Promise.all(numbers.map((n) => f(n))), expected);
          await cache[Symbol.asyncDispose]();
        }
      }),
  );
}
