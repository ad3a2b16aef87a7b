// deno-lint-ignore-file no-console -- a program prints.
/** One part of the module, by name: `_part.ts NAME`. Prints what is expected of it where its permissions are granted. */
import { readFileSync } from "node:fs";
import {
  cache,
  CallInfo,
  Environment,
  fleche,
  Git,
  Memory,
  meta,
  openCache,
  Runtime,
  type StreamProgress,
  tags,
} from "../../mod.ts";
import { progressBar } from "../../src/cli/mod.ts";
import { cborCodec } from "../../src/codec/cbor/cbor_codec.ts";
import { cloudpickleCodec } from "../../src/codec/pickle/cloudpickle_codec.ts";
import { hdf5Codec } from "../../src/codec/hdf5/hdf5_codec.ts";
import { pickleCodec } from "../../src/codec/pickle/pickle_codec.ts";
import { instrumentFleche } from "../../src/otel/mod.ts";
import type { Codec } from "../../src/codec/types.ts";
import { storageConformance } from "../../src/testing/mod.ts";
import { defaultCache } from "../../src/config/active_config.ts";

const double = fleche((x: number) => 2 * x, { name: "double" });

async function roundTrip(codec: Codec): Promise<void> {
  for (const size of [3, 1_000_000]) {
    const value = { rows: [1, "two", new Float64Array(size)], when: new Date(0) };
    const back = await codec.decode(await codec.encode(value)) as typeof value;
    if (back.rows[2]?.toString() !== value.rows[2]?.toString()) {
      throw new Error(`${codec.name} gave another value`);
    }
  }
}

/** What is asked for on purpose: a terminal at which Deno can ask is what the tests rely on. */
function ask(): void {
  try {
    readFileSync("/etc/hostname");
  } catch {
    // Nobody answers.
  }
}

const parts: Record<string, () => Promise<void> | void> = {
  ask,
  import: () => {},
  codecs: async () => {
    for (const codec of [cborCodec, pickleCodec, cloudpickleCodec(), hdf5Codec()]) await roundTrip(codec);
    console.log("done");
  },
  testing: async () => {
    for (const { needs, run } of storageConformance) {
      if (needs?.some((need) => need === "reopen" || need === "leases")) continue;
      await run(() => ({ storage: new Memory() }));
    }
    console.log("done");
  },
  configuration: async () => {
    console.log(await double(21), defaultCache().name);
  },
  module: async () => {
    console.log((await double.fleche.call(21)).module);
  },
  metadata: async () => {
    const mine = openCache({ values: { type: "Memory" }, calls: { type: "Memory" } });
    using _cache = cache(mine);
    using _metadata = meta(new Runtime(), new CallInfo());
    await tags({ a: 1 }, () => double(1));
    const { metadata } = await mine.record(await double.digest(1)) ?? {};
    console.log(Object.keys(metadata ?? {}).sort().join(" "));
  },
  environment: () => {
    console.log(Object.keys(new Environment().before()).join(" "));
  },
  git: () => {
    const { root, branch } = new Git().before();
    console.log(root, branch);
  },
  secret: () => {
    const { values } = openCache({ values: { type: "Memory" }, calls: { type: "Memory" } });
    console.log(values.constructor.name);
  },
  otel: async () => {
    using _instrumentation = instrumentFleche();
    const mine = openCache({ values: { type: "Memory" }, calls: { type: "Memory" } });
    console.log(await cache(mine, async () => [await double(21), await double(21)]));
  },
  progress: () => {
    const show = progressBar();
    const progress: StreamProgress = {
      name: "download",
      key: "1a2b",
      from: "function",
      bytes: 10,
      elapsedMs: 12,
      expectedBytes: 10,
      done: false,
      outcome: undefined,
    };
    show(progress);
    show({ ...progress, done: true, outcome: "complete" });
    console.log("done");
  },
};

await parts[process.argv[2] ?? ""]?.();
