/** Functions and instances as results: kept by CloudpickleFile and DillFile, as text unless trusted. */
import assert from "node:assert/strict";
import test from "node:test";
import {
  Cache,
  CacheMissError,
  CloudpickleFile,
  DillFile,
  fleche,
  Memory,
  registerClass,
  StoredFunction,
} from "../../mod.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

class Celsius {
  readonly #degrees: number;
  constructor(degrees: number) {
    this.#degrees = degrees;
  }
  get degrees(): number {
    return this.#degrees;
  }
}
registerClass<Celsius, { degrees: number }>("Celsius", {
  toState: ({ degrees }) => ({ degrees }),
  fromState: ({ degrees }) => new Celsius(degrees),
});

for (const Type of [CloudpickleFile, DillFile]) {
  test(`${Type.name} keeps a function as a StoredFunction, and revives it only where code is trusted`, () =>
    withTemporaryDirectory(async (root) => {
      const make = (cache: Cache) =>
        fleche(() => ({ label: "double", run: (x: number) => 2 * x }), { name: "make", cache, strict: true });
      const calls = new Memory();
      await make(new Cache({ values: new Type({ root }), calls }))();

      const { run } = await make(new Cache({ values: new Type({ root }), calls }))();
      assert.ok((run as unknown) instanceof StoredFunction);
      // The transpilers of the two runtimes print it in their own ways.
      assert.match((run as unknown as StoredFunction).source, /^\(x\)\s*=>\s*2 \* x$/);

      const trusted = await make(new Cache({ values: new Type({ root, trustCode: true }), calls })).load();
      assert.equal(trusted.run(21), 42);
    }));

  test(`${Type.name} keeps instances of registered classes with private state`, () =>
    withTemporaryDirectory(async (root) => {
      let runs = 0;
      const make = (degrees: number, cache: Cache) =>
        fleche((degrees: number) => {
          runs++;
          return [new Celsius(degrees)];
        }, { name: "measure", cache, strict: true })(degrees);
      const calls = new Memory();
      const cache = () => new Cache({ values: new Type({ root }), calls });
      await make(20, cache());
      await make(21, cache());
      const [again] = await make(20, cache());
      assert.ok(again instanceof Celsius);
      assert.equal(again.degrees, 20);
      assert.equal((await make(21, cache()))[0]?.degrees, 21);
      assert.equal(runs, 2);
    }));
}

test("a result whose class is not known any more is a miss", () =>
  withTemporaryDirectory(async (root) => {
    const { cloudpickleCodec } = await import("../../src/codec/pickle/cloudpickle_codec.ts");
    const values = new CloudpickleFile({ root });
    const cache = new Cache({ values, calls: new Memory() });
    const measure = fleche(() => new Celsius(5), { name: "measure", cache, strict: true });
    await measure();
    const record = await cache.record(await measure.digest());
    const body = await cloudpickleCodec().encode(new Celsius(5)) as Uint8Array;
    const renamed = Buffer.from(body).toString("latin1").replace("Celsius", "Kelvin!");
    await values.put(record?.result ?? "", new Uint8Array(Buffer.from(renamed, "latin1")));
    await assert.rejects(() => measure.load(), (error) => {
      assert.ok(error instanceof CacheMissError);
      assert.equal(error.reason, "damaged");
      assert.match(String(error.cause), /class "Kelvin!" is not registered/);
      return true;
    });
  }));

test("functions stay refused as arguments, whatever the storage", async () => {
  const { cloudpickleCodec } = await import("../../src/codec/pickle/cloudpickle_codec.ts");
  const memory = () => new Memory({ codec: cloudpickleCodec() });
  const cache = new Cache({ values: memory(), calls: memory() });
  const apply = fleche((f: (x: number) => number) => f(1), { name: "apply", cache, strict: true });
  await assert.rejects(() => apply((x) => x), /whose behaviour has no digest/);
});
