import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CodecError } from "../../../src/errors.ts";
import { cloudpickleCodec } from "../../../src/codec/pickle/cloudpickle_codec.ts";
import { PickleObject } from "../../../src/codec/pickle_object.ts";
import { registerClass } from "../../../src/codec/pickle/register_class.ts";
import { StoredFunction } from "../../../src/codec/pickle/stored_function.ts";
import { corpus } from "../_corpus.ts";
import { assertSame } from "../_same.ts";
import { bytesOf, inChunks, seeded } from "./_bytes.ts";
import { anyValue } from "./_values.ts";

// `as` and `any`-free casts here: what comes back is looked at property by property.

const codec = cloudpickleCodec();
const trusting = cloudpickleCodec({ trustCode: true });

async function roundTrip(value: unknown, reader = codec): Promise<unknown> {
  return await reader.decode(await bytesOf(codec, value));
}

function refusal(value: unknown): CodecError {
  try {
    codec.encode(value);
  } catch (error) {
    assert.ok(error instanceof CodecError, `another error: ${error}`);
    return error;
  }
  assert.fail("was written");
}

test("cloudpickleCodec is named cloudpickle", () => {
  assert.equal(codec.name, "cloudpickle");
});

test("cloudpickleCodec gives back every kind of value, at once and from a stream", async () => {
  for (const [name, value] of Object.entries(corpus())) {
    try {
      const bytes = await bytesOf(codec, value);
      assertSame(codec.decode(bytes), value);
      assertSame(await codec.decode(inChunks(bytes, () => 1)), value);
    } catch (cause) {
      throw new Error(name, { cause });
    }
  }
});

test("cloudpickleCodec gives back generated values", { timeout: 60_000 }, async () => {
  const random = seeded(11);
  await fc.assert(
    fc.asyncProperty(anyValue, async (value) => {
      const bytes = await bytesOf(codec, value);
      assertSame(codec.decode(bytes), value);
      assertSame(await codec.decode(inChunks(bytes, () => 1 + random(40))), value);
    }),
    { numRuns: 1000 },
  );
});

/** Functions of every form, each of which gives 42 when `call` is done with it. */
const FUNCTIONS: readonly (readonly [fn: (...args: never[]) => unknown, call: (fn: never) => unknown])[] =
  (() => {
    const own = {
      method(): number {
        return 42;
      },
      async asyncMethod(): Promise<number> {
        return await Promise.resolve(42);
      },
      *generatorMethod(): Generator<number> {
        yield 42;
      },
      ["computed name"](): number {
        return 42;
      },
      get(): number {
        return 42;
      },
      "quoted-name"(): number {
        return 42;
      },
      async(): number {
        return 42;
      },
    };
    class Holder {
      static make(): number {
        return 42;
      }
      act(): number {
        return 42;
      }
    }
    const call = (fn: () => unknown): unknown => fn();
    return [
      [() => 42, call],
      [(a: number, b = 2) => a * b, (fn: (a: number) => number) => fn(21)],
      [function (): number {
        return 42;
      }, call],
      [function named(n: number): number {
        return n === 0 ? 42 : named(n - 1);
      }, (fn: (n: number) => number) => fn(5)],
      [async () => await Promise.resolve(42), call],
      [async function later(): Promise<number> {
        return await Promise.resolve(42);
      }, call],
      [function* numbers(): Generator<number> {
        yield 42;
      }, (fn: () => Generator<number>) => fn().next().value],
      [own.method, call],
      [own.asyncMethod, call],
      [own.generatorMethod, (fn: () => Generator<number>) => fn().next().value],
      [own["computed name"], call],
      [own.get, call],
      [own["quoted-name"], call],
      [own.async, call],
      [Holder.make, call],
      [Holder.prototype.act, call],
      [({ a }: { a: number }) => a, (fn: (value: object) => number) => fn({ a: 42 })],
      [() => 42, /* with a comment behind it */ call],
    ] as never;
  })();

test("cloudpickleCodec reads functions as inert text", async () => {
  const fn = function half(value: number): number {
    return value / 2;
  };
  const back = await roundTrip({ fn, again: fn }) as Record<string, StoredFunction>;
  assert.ok(back["fn"] instanceof StoredFunction);
  assert.equal(back["fn"].name, "half");
  assert.equal(back["fn"].source, Function.prototype.toString.call(fn));
  assert.equal(back["again"], back["fn"]);
});

test("cloudpickleCodec writes a StoredFunction as the function that it was", async () => {
  for (const [fn] of FUNCTIONS) {
    const bytes = await bytesOf(codec, fn);
    assert.deepEqual(await bytesOf(codec, codec.decode(bytes)), bytes);
  }
});

test("cloudpickleCodec revives functions of every form where code is trusted", async () => {
  for (const [fn, call] of FUNCTIONS) {
    const back = await roundTrip(fn, trusting) as typeof fn;
    assert.equal(typeof back, "function", String(fn));
    assert.equal(back.name, fn.name, String(fn));
    assert.equal(await call(back as never), 42, String(fn));
  }
});

test("cloudpickleCodec revives classes where code is trusted", async () => {
  class Counter {
    #count = 40;
    static start(): number {
      return 1;
    }
    get count(): number {
      return this.#count + Counter.start();
    }
    add(): this {
      this.#count++;
      return this;
    }
  }
  const Back = await roundTrip(Counter, trusting) as typeof Counter;
  assert.equal(new Back().add().count, 42);
  assert.equal(Back.name, "Counter");
  assert.notEqual(Back, Counter);
});

test("cloudpickleCodec runs nothing of a function's source where code is not trusted", async () => {
  const source = "(globalThis.flecheWasRun = true, () => 1)";
  const bytes = await bytesOf(codec, [new StoredFunction("", source)]);
  codec.decode(bytes);
  await codec.decode(inChunks(bytes, () => 3));
  assert.equal(Reflect.get(globalThis, "flecheWasRun"), undefined);
});

test("cloudpickleCodec refuses source that is of no function, where code is trusted", async () => {
  for (const source of ["1 + 1", "function (", "", "} , {"]) {
    const bytes = await bytesOf(codec, [new StoredFunction("f", source)]);
    assert.throws(
      () => trusting.decode(bytes),
      (error) => error instanceof CodecError && error.code === "malformed",
    );
  }
});

test("cloudpickleCodec gives no value that awaiting would run", async () => {
  const bytes = await bytesOf(codec, { then: (resolve: (value: unknown) => void) => resolve("stolen") });
  for (const read of [() => trusting.decode(bytes), () => trusting.decode(inChunks(bytes, () => 9))]) {
    await assert.rejects(async () => await read(), /a function named then, so it cannot be awaited/);
  }
  assert.ok((codec.decode(bytes) as { then: unknown }).then instanceof StoredFunction);
});

test("cloudpickleCodec refuses functions whose source is not known, or that own something", () => {
  assert.match(
    refusal({ f: (() => 1).bind(null) }).message,
    /\$\.f as pickle: the source of function "bound "/,
  );
  assert.match(refusal([Math.max]).message, /\$\[0\] as pickle: the source of function "max" is not known/);
  assert.match(
    refusal(Object.assign(() => 1, { extra: 1 })).message,
    /its own property "extra" on a function/,
  );
});

class Celsius {
  readonly #degrees: number;
  constructor(degrees: number) {
    this.#degrees = degrees;
  }
  get degrees(): number {
    return this.#degrees;
  }
}
registerClass<Celsius, number>("Celsius", {
  toState: (instance) => instance.degrees,
  fromState: (state) => new Celsius(state),
});

class Box {
  readonly content: unknown;
  constructor(content: unknown) {
    this.content = content;
  }
}
registerClass<Box, unknown>("Box", {
  toState: (instance) => instance.content,
  fromState: (content) => new Box(content),
});

test("cloudpickleCodec gives back instances of registered classes, shared and nested ones", async () => {
  const warm = new Celsius(21.5);
  const back = await roundTrip([warm, { again: warm }, new Box(new Map([["in", new Box(warm)]]))]) as [
    Celsius,
    { again: Celsius },
    Box,
  ];
  assert.ok(back[0] instanceof Celsius);
  assert.equal(back[0].degrees, 21.5);
  assert.equal(back[1].again, back[0]);
  const inner = (back[2].content as Map<string, Box>).get("in");
  assert.ok(back[2] instanceof Box && inner instanceof Box);
  assert.equal(inner.content, back[0]);
});

test("cloudpickleCodec keeps what several instances have as their state one object", async () => {
  const state = { shared: true };
  const [first, second, itself] = await roundTrip([new Box(state), new Box(state), state]) as [
    Box,
    Box,
    object,
  ];
  assert.ok(first instanceof Box && second instanceof Box);
  assert.notEqual(first, second);
  assert.equal(first.content, itself);
  assert.equal(second.content, itself);
  assertSame(itself, state);
});

test(
  "cloudpickleCodec gives back thousands of instances and built-in objects in a time that grows with them",
  {
    timeout: 20_000,
  },
  async () => {
    const value = Array.from({ length: 60_000 }, (_, i) => i % 2 === 0 ? new Celsius(i) : new URL(`a:${i}`));
    const back = await roundTrip(value) as (Celsius | URL)[];
    assert.equal((back[59_998] as Celsius).degrees, 59_998);
    assert.equal(String(back[59_999]), "a:59999");
  },
);

test("cloudpickleCodec takes an instance for as deep as its state, however deep it is itself", async () => {
  class Chain {
    readonly next: Chain | undefined;
    constructor(length: number) {
      this.next = length > 0 ? new Chain(length - 1) : undefined;
    }
  }
  registerClass<Chain, number>("Chain", {
    toState: (instance) => {
      let length = 0;
      for (let next = instance.next; next !== undefined; next = next.next) length++;
      return length;
    },
    fromState: (length) => new Chain(length),
  });
  const shared = {};
  const rest = Array.from({ length: 1000 }, () => shared);
  const [back] = await roundTrip([new Chain(3000), ...rest]) as [Chain];
  assert.ok(back instanceof Chain);
});

test("cloudpickleCodec refuses an instance whose state leads back to it", () => {
  const box: { content: unknown } = new Box([]);
  (box.content as unknown[]).push(box);
  const error = refusal({ box });
  assert.match(error.message, /refers to an object from within that object's own state/);
  assert.equal(error.path, "$.box{Box}[0]");
});

test("cloudpickleCodec refuses an instance of another class of the same name", () => {
  const other = (() => {
    class Celsius {}
    return new Celsius();
  })();
  assert.match(refusal([other]).message, /an instance of class Celsius would come back as something else/);
  class Warmer extends Celsius {}
  assert.match(refusal([new Warmer(1)]).message, /an instance of class Warmer/);
  assert.match(refusal([new (class Stranger {})()]).message, /an instance of class Stranger/);
});

test("cloudpickleCodec keeps the error of a class's own functions", () => {
  class Moody {
    readonly isGood: boolean = true;
  }
  registerClass<Moody, null>("Moody", {
    toState: () => {
      throw new Error("not today");
    },
    fromState: () => new Moody(),
  });
  const error = refusal({ it: new Moody() });
  assert.match(error.message, /not today/);
});

test("cloudpickleCodec refuses to read an instance of a class that is not registered here", async () => {
  const text = String.fromCharCode(...await bytesOf(codec, [new Celsius(1)]));
  const other = Uint8Array.from(text.replace("Celsius", "Kelvins"), (character) => character.charCodeAt(0));
  for (const read of [() => codec.decode(other), () => codec.decode(inChunks(other, () => 4))]) {
    await assert.rejects(
      async () => await read(),
      (error) =>
        error instanceof CodecError && error.code === "malformed" &&
        error.message.includes('class "Kelvins" is not registered in this process'),
    );
  }
});

test("registerClass refuses a name that is taken or none, and functions that are none", () => {
  const registration = { toState: () => 1, fromState: () => ({}) };
  assert.throws(() => registerClass("Celsius", registration), /"Celsius": the name is taken/);
  assert.throws(() => registerClass("", registration), TypeError);
  assert.throws(() => registerClass("Other", { toState: () => 1 } as never), /expected the functions/);
});

test("cloudpickleCodec keeps Blobs and Files, always as a stream", async () => {
  const random = seeded(12);
  const bytes = Uint8Array.from({ length: 3 << 20 }, () => random(256));
  const blob = new Blob([bytes], { type: "application/octet-stream" });
  const file = new File(["content"], "ä.txt", { type: "text/plain", lastModified: 1_700_000_000_000 });
  const value = {
    blob,
    file,
    again: blob,
    empty: new Blob([]),
    map: new Map<unknown, unknown>([[file, new Blob(["in a Map"])]]),
    set: new Set([new Blob(["in a Set"])]),
    list: [new Blob(["in"]), "a", new Blob(["list"])],
    error: new Error("with a Blob", { cause: new Blob(["cause"]) }),
    box: new Box(new Blob(["state"])),
    sparse: [, new Blob(["hole"])],
    last: 1,
  };
  assert.ok(codec.encode(new Blob(["x"])) instanceof ReadableStream);
  const written = await bytesOf(codec, value);
  for (const read of [codec.decode(written), codec.decode(inChunks(written, () => 1 + random(300_000)))]) {
    const back = await read as typeof value;
    assert.ok(back.blob instanceof Blob && back.file instanceof File);
    assert.deepEqual(await back.blob.bytes(), bytes);
    assert.equal(back.blob.type, blob.type);
    assert.equal(back.again, back.blob);
    assert.deepEqual([back.file.name, back.file.type, back.file.lastModified], [
      file.name,
      file.type,
      file.lastModified,
    ]);
    assert.equal(await back.file.text(), "content");
    assert.equal(back.empty.size, 0);
    assert.equal(await (back.map.get(back.file) as Blob).text(), "in a Map");
    assert.equal(await [...back.set][0]?.text(), "in a Set");
    assert.equal(await (back.list[2] as Blob).text(), "list");
    assert.equal(await (back.error.cause as Blob).text(), "cause");
    assert.equal(await (back.box.content as Blob).text(), "state");
    assert.equal(await back.sparse[1]?.text(), "hole");
    assert.equal(back.last, 1);
    assert.deepEqual(Object.keys(back), Object.keys(value));
  }
});

test("cloudpickleCodec refuses a Blob within a PickleObject, which is written in one go", () => {
  const object = new PickleObject({ module: "m", name: "f", kind: "call", args: [new Blob(["x"])] });
  const error = refusal([object]);
  assert.equal(error.path, "$[0].args[0]");
  assert.match(error.message, /a Blob within a PickleObject/);
});

test("cloudpickleCodec stops reading a Blob when its stream is cancelled", async () => {
  const stream = codec.encode([new Blob([new Uint8Array(5 << 20)]), "after"]);
  assert.ok(stream instanceof ReadableStream);
  const reader = stream.getReader();
  await reader.read();
  await reader.read();
  await reader.cancel();
  assert.deepEqual(await reader.read(), { done: true, value: undefined });
});

test("cloudpickleCodec's stand-in of a function is its source, of an instance its state, and else nothing", () => {
  const fn = (): number => 1;
  const standIn = codec.standIn?.(fn);
  assert.ok(standIn instanceof StoredFunction && standIn.source === Function.prototype.toString.call(fn));
  assert.deepEqual(codec.standIn?.(new Celsius(3)), { name: "Celsius", state: 3 });
  assert.equal(codec.standIn?.(new (class Stranger {})()), undefined);
});
