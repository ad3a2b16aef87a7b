/** Every codec over storages that know nothing of it: Memory, Sql, and CompressedStorage around them. */
import assert from "node:assert/strict";
import test from "node:test";
import { Cache, CodecError, CompressedStorage, fleche, Memory, Sql, type Storage } from "../../mod.ts";
import { cborCodec } from "../../src/codec/cbor/cbor_codec.ts";
import { hdf5Codec } from "../../src/codec/hdf5/hdf5_codec.ts";
import { cloudpickleCodec } from "../../src/codec/pickle/cloudpickle_codec.ts";
import { pickleCodec } from "../../src/codec/pickle/pickle_codec.ts";
import type { Codec } from "../../src/codec/types.ts";
import { compressions } from "../../src/storage/compression/compression.ts";
import { corpus } from "./_corpus.ts";
import { assertSame } from "./_same.ts";

const codecs: readonly Codec[] = [cborCodec, pickleCodec, cloudpickleCodec(), hdf5Codec()];

function storagesOf(codec: Codec): [name: string, open: () => Storage][] {
  return [
    ["Memory", () => new Memory({ codec })],
    ["Sql", () => new Sql({ url: "sqlite://", codec })],
    ...compressions.flatMap((compression): [string, () => Storage][] => [
      [
        `${compression} around Memory`,
        () => new CompressedStorage({ compression, inner: new Memory({ codec }) }),
      ],
      [
        `${compression} around Sql`,
        () => new CompressedStorage({ compression, inner: new Sql({ url: "sqlite://", codec }) }),
      ],
    ]),
  ];
}

for (const codec of codecs) {
  for (const [name, open] of storagesOf(codec)) {
    test(
      `${codec.name} over ${name} keeps the corpus, as values and as records`,
      { timeout: 60_000 },
      async () => {
        await using cache = new Cache({ values: open(), calls: open() });
        let runs = 0;
        const make = fleche((kind: string) => {
          runs++;
          return corpus()[kind];
        }, { name: "make", cache, strict: true });
        let kept = 0;
        for (const [kind, expected] of Object.entries(corpus())) {
          try {
            await make(kind);
          } catch (error) {
            assert.ok(codec.name === "pickle" && error instanceof CodecError, `${kind}: ${error}`);
            continue;
          }
          const before = runs;
          assertSame(await make(kind), expected);
          assert.equal(runs, before, kind);
          kept++;
        }
        assert.ok(kept > 45);
      },
    );
  }
}

for (const codec of codecs) {
  test(`${codec.name} gives out chunks that share no memory with the value: it may change while they are written`, async () => {
    const value = new Float64Array(1 << 20).fill(1);
    const encoded = await codec.encode({ value });
    assert.ok(encoded instanceof ReadableStream);
    for await (const chunk of encoded) assert.notEqual(chunk.buffer, value.buffer);
  });
}
