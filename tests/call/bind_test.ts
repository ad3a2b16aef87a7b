import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createBinder } from "../../src/call/bind.ts";
import { readSignature, type Signature } from "../../src/call/signature.ts";

// deno-lint-ignore no-explicit-any -- functions of every shape.
type Fn = (...args: any[]) => any;

const read = async (fn: Fn): Promise<Signature> => await readSignature(fn);
const bound = async (fn: Fn, ...args: unknown[]) => createBinder(await read(fn)).bind(args);
const made = (source: string): Fn => new Function(`return ${source}`)() as Fn;
const signal = new AbortController().signal;

test("createBinder names arguments in signature order", async () => {
  assert.deepEqual(await bound((w, h) => w * h, 2, 3), [["w", 2], ["h", 3]]);
  assert.deepEqual(await bound(() => 1), []);
  assert.deepEqual(await bound(({ a }, [b]) => a + b, { a: 1 }, [2]), [["#0", { a: 1 }], ["#1", [2]]]);
});

test("createBinder applies constant defaults", async () => {
  const fn = (a: number, b = 2, c?: number) => [a, b, c];
  for (const args of [[1], [1, 2], [1, undefined], [1, 2, undefined], [1, undefined, undefined]]) {
    assert.deepEqual(await bound(fn, ...args), [["a", 1], ["b", 2]]);
  }
  assert.deepEqual(await bound(fn, 1, null), [["a", 1], ["b", null]]);
  assert.deepEqual(await bound((a, b = 2) => [a, b]), [["a", undefined], ["b", 2]]);
});

test("createBinder takes trailing undefined for absent and keeps it in the middle", async () => {
  const fn: Fn = (a, b, c) => [a, b, c];
  assert.deepEqual(await bound(fn, 1, undefined, undefined), [["a", 1]]);
  assert.deepEqual(await bound(fn, undefined), []);
  assert.deepEqual(await bound(fn, undefined, 2), [["a", undefined], ["b", 2]]);
  assert.deepEqual(await bound((a = undefined) => a), []);
  assert.deepEqual(await bound((a, b = a) => [a, b], 1, undefined), [["a", 1]]);
});

test("createBinder drops what the function cannot see", async () => {
  assert.deepEqual(await bound((a) => a, 1, 2, 3), [["a", 1]]);
  assert.deepEqual(await bound(() => 1, 1, 2), []);
});

test("createBinder keeps rest arguments exactly", async () => {
  const fn: Fn = (a, ...rest) => [a, rest];
  assert.deepEqual(await bound(fn, 1), [["a", 1], ["rest", []]]);
  assert.deepEqual(await bound(fn), [["rest", []]]);
  assert.deepEqual(await bound(fn, undefined), [["rest", []]]);
  assert.deepEqual(await bound(fn, 1, undefined), [["a", 1], ["rest", [undefined]]]);
  assert.deepEqual(await bound(fn, undefined, undefined, 2), [["rest", [undefined, 2]]]);
});

test("createBinder keeps every argument where the function may see them", async () => {
  const fn = made("function (a, b = 2) { return arguments.length }");
  assert.deepEqual(await bound(fn), []);
  assert.deepEqual(await bound(fn, undefined), [["a", undefined]]);
  assert.deepEqual(await bound(fn, 1, undefined, 3), [["a", 1], ["b", undefined], ["#2", 3]]);
  assert.deepEqual(await bound(Math.max, 1, undefined), [["0", 1], ["1", undefined]]);
  const both = made("function (a, ...rest) { return [arguments, rest] }");
  assert.deepEqual(await bound(both), [["rest", []]]);
  assert.deepEqual(await bound(both, undefined), [["a", undefined], ["rest", []]]);
  assert.deepEqual(await bound(both, 1, undefined), [["a", 1], ["rest", [undefined]]]);
});

test("createBinder leaves AbortSignals out", async () => {
  assert.deepEqual(await bound((a, s) => [a, s], 1, signal), [["a", 1]]);
  assert.deepEqual(await bound((s, a) => [a, s], signal, 1), [["a", 1]]);
  assert.deepEqual(await bound((a, b, s) => [a, b, s], 1, undefined, signal), [["a", 1]]);
  assert.deepEqual(await bound(made("function (a) { return arguments }"), 1, signal), [["a", 1]]);
  assert.deepEqual(await bound((...rest) => rest, 1, signal, signal), [["rest", [1]]]);
});

test("createBinder keeps the places of rest arguments after an AbortSignal", async () => {
  const [[, rest] = []] = await bound((...rest) => rest, 1, signal, 2);
  assert.deepEqual(rest, [1, , 2]); // deno-lint-ignore-line no-sparse-arrays
  assert.notDeepEqual(rest, [1, undefined, 2]);
});

test("createBinder survives hostile arguments", async () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const list = await bound((a) => a, proxy);
  assert.equal(list.length, 1);
  assert.deepEqual(await bound(made("(__proto__) => 1"), 5), [["__proto__", 5]]);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

test("createBinder gives every entry a name of its own", async () => {
  assert.deepEqual(await bound(made("function (a, a) { return a }"), 1, 2), [["#0", 1], ["a", 2]]);
});

test("createBinder ignores parameters by name and position", async () => {
  const signature = await read((a, b, c = 3, ...rest) => [a, b, c, rest]);
  assert.deepEqual(createBinder(signature, { ignore: ["b"] }).bind([1, 2]), [["a", 1], ["c", 3], [
    "rest",
    [],
  ]]);
  assert.deepEqual(createBinder(signature, { ignore: [0, "c", 3] }).bind([1, 2, 9, 9]), [["b", 2]]);
  const plain = await read((a, b) => [a, b]);
  assert.deepEqual(createBinder(plain, { ignore: ["b"] }).bind([undefined, 2]), []);
  assert.deepEqual(createBinder(await read(Math.max), { ignore: [1] }).bind([1, 2, 3]), [["0", 1], ["2", 3]]);
  assert.deepEqual(createBinder(await read(({ a }) => a), { ignore: ["#0"] }).bind([{}]), []);
});

test("createBinder names the required parameters that are missing", async () => {
  const signature = await read((a, b = 2, { c } = { c: 1 }) => [a, b, c]);
  const { missing } = createBinder(signature, { require: ["b", 2, "b"] });
  assert.deepEqual(missing([1, 2, {}]), []);
  assert.deepEqual(missing([1, undefined]), ["b", "#2"]);
  assert.deepEqual(missing([1, null, null]), []);
  assert.deepEqual(createBinder(signature).missing([]), []);
});

test("createBinder refuses parameters that are not there", async () => {
  const signature = await read((width, height) => width * height);
  assert.throws(() => createBinder(signature, { ignore: ["widht"] }), {
    name: "TypeError",
    message: `Cannot ignore parameter "widht": the function's parameters are "width", "height"`,
  });
  assert.throws(() => createBinder(signature, { require: [2] }), {
    name: "TypeError",
    message: /parameter 2:/,
  });
  assert.throws(() => createBinder(signature, { ignore: [-1] }), TypeError);
  assert.throws(() => createBinder(signature, { ignore: [0.5] }), TypeError);
  const native = await read(Math.max);
  assert.throws(() => createBinder(native, { ignore: ["value"] }), {
    message: /cannot be read, give its position/,
  });
  const none = await read(() => 1);
  assert.throws(() => createBinder(none, { ignore: ["a"] }), { message: /has no parameters/ });
  const rest = await read((...all) => all);
  assert.throws(() => createBinder(rest, { ignore: [1] }), { message: /parameters are "\.\.\.all"/ });
});

/** Text that tells apart what a function can tell apart. */
function seen(value: unknown): string {
  if (Array.isArray(value)) return `[${Array.from(value, seen).join()}]`;
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value).map(([key, inner]) => `${key}:${seen(inner)}`).join()}}`;
  }
  return Object.is(value, -0) ? "-0" : typeof value === "string" ? JSON.stringify(value) : String(value);
}

const constants = ["1", "undefined", '"x"', "60 * 60", "null", "[1, 2]", "{ a: 1 }", "-0"];
const argument = fc.constantFrom<unknown>(undefined, null, 1, "x", 3600, 0, -0, [1, 2], { a: 1 });
const argumentLists = fc.array(argument, { maxLength: 5 });

/** A function that returns what it sees, made from a plan. */
function observer(defaults: readonly (string | undefined)[], kind: "plain" | "rest" | "arguments"): Fn {
  const names = defaults.map((_, index) => `p${index}`);
  const parameters = names.map((name, index) =>
    defaults[index] === undefined ? name : `${name} = ${defaults[index]}`
  );
  if (kind === "rest") parameters.push("...rest");
  const result = [
    ...names,
    ...kind === "rest" ? ["rest"] : [],
    ...kind === "arguments" ? ["[...arguments]"] : [],
  ];
  return made(`function (${parameters.join()}) { return [${result.join()}] }`);
}

const plans = fc.record({
  defaults: fc.array(fc.option(fc.constantFrom(...constants), { nil: undefined }), { maxLength: 4 }),
  kind: fc.constantFrom("plain" as const, "rest" as const, "arguments" as const),
});

test("Binder.bind is equal exactly when the function sees the same", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(plans, argumentLists, argumentLists, async ({ defaults, kind }, one, other) => {
      const fn = observer(defaults, kind);
      const { bind } = createBinder(await read(fn));
      const sameBound = seen(bind(one)) === seen(bind(other));
      assert.equal(sameBound, seen(fn(...one)) === seen(fn(...other)));
    }),
    { numRuns: 2000 },
  );
});

test("Binder.bind is equal when trailing undefined is spelled out", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(plans, argumentLists, fc.nat(3), async ({ defaults }, args, more) => {
      const fn = observer(defaults, "plain");
      const longer = [...args, ...Array.from({ length: more }, () => undefined)];
      assert.deepEqual(await bound(fn, ...longer), await bound(fn, ...args));
    }),
    { numRuns: 500 },
  );
});

test("Binder.bind never merges calls of functions with other defaults", { timeout: 60_000 }, async () => {
  const dependent = fc.array(fc.constantFrom("p0", "[p0]", "Math.abs(-1)", "1", "undefined"), {
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(dependent, argumentLists, argumentLists, async (defaults, one, other) => {
      const fn = observer([undefined, ...defaults], "plain");
      const { bind } = createBinder(await read(fn));
      if (seen(bind(one)) !== seen(bind(other))) return;
      assert.equal(seen(fn(...one)), seen(fn(...other)));
    }),
    { numRuns: 1000 },
  );
});
