/** Decorated methods in classes that inherit, and what else a decorator may be put on. */
import assert from "node:assert/strict";
import test from "node:test";
import { Cache, cache, type CachedFunction, type Callable, fleche, Memory } from "../../mod.ts";
import { warningsOf } from "../_warnings.ts";

const memory = (): Cache => new Cache({ values: new Memory(), calls: new Memory(), name: "test" });

// TypeScript does not let a decorator add to a method's type: the helpers are there all the same.
const nameOf = async (method: unknown, receiver: object): Promise<string> =>
  (await (method as CachedFunction<Callable>).fleche.call.call(receiver as never)).name;

test("fleche decorates methods that are inherited, overridden and called by super, each under its own class", async () => {
  const runs: string[] = [];
  class Shape {
    constructor(readonly side: number) {}
    @fleche
    async area(): Promise<number> {
      runs.push("Shape.area");
      return await Promise.resolve(this.side);
    }
    @fleche
    async label(): Promise<string> {
      runs.push("Shape.label");
      return await Promise.resolve(`side ${this.side}`);
    }
    @fleche()
    static async unit(): Promise<string> {
      runs.push("Shape.unit");
      return await Promise.resolve("m");
    }
  }
  class Square extends Shape {
    @fleche({ version: 2 })
    override async area(): Promise<number> {
      runs.push("Square.area");
      const side = await super.area();
      return side * side;
    }
  }
  await cache(memory(), async () => {
    for (let turn = 0; turn < 2; turn++) {
      assert.equal(await new Square(3).area(), 9);
      assert.equal(await new Shape(3).area(), 3);
      assert.equal(await new Square(3).label(), "side 3");
      assert.equal(await new Square(4).label(), "side 4");
      assert.equal(await Square.unit(), "m");
      assert.equal(await Shape.unit(), "m");
    }
  });
  const counts = Object.entries(Object.groupBy(runs, (run) => run)).map(([run, all]) => [run, all?.length]);
  assert.deepEqual(Object.fromEntries(counts), {
    "Square.area": 1,
    "Shape.area": 2, // One for the Square that called it by super: the receiver is part of the key.
    "Shape.label": 2,
    "Shape.unit": runs.filter((run) => run === "Shape.unit").length,
  });
  const square = new Square(3);
  assert.equal(await nameOf(square.area, square), "Square.area");
  assert.equal(await nameOf(square.label, square), "Shape.label");
});

test("fleche tells methods of one name apart by their classes", async () => {
  const shared = memory();
  class Left {
    @fleche({ cache: shared })
    async side(): Promise<string> {
      return await Promise.resolve("left");
    }
  }
  class Right {
    @fleche({ cache: shared })
    async side(): Promise<string> {
      return await Promise.resolve("right");
    }
  }
  const warnings = await warningsOf(async () => {
    assert.equal(await new Left().side(), "left");
    assert.equal(await new Right().side(), "right");
    assert.equal(await new Left().side(), "left");
  });
  assert.deepEqual(warnings, []);
});

test("fleche refuses to decorate getters, setters, accessors and classes, by name", () => {
  const decorate = fleche({ name: "x" }) as unknown as (target: unknown, context: unknown) => unknown;
  for (const kind of ["getter", "setter", "accessor", "field", "class"]) {
    const context = { kind, name: "size", addInitializer() {} };
    const wrong = { name: "TypeError", message: new RegExp(`${kind} "size": only methods`) };
    assert.throws(() => decorate(() => 1, context), wrong);
    if (kind !== "field") assert.throws(() => fleche(() => 1, context as never), wrong);
  }
});

test("fleche keeps ten thousand functions apart", { timeout: 60_000 }, async () => {
  const shared = memory();
  const functions = Array.from(
    { length: 10_000 },
    (_, index) => fleche((n: number) => n + index, { name: `add ${index}`, cache: shared }),
  );
  for (const [index, f] of functions.entries()) assert.equal(await f(1), 1 + index);
  for (const [index, f] of functions.entries()) assert.equal(await f.load(1), 1 + index);
});
