import assert from "node:assert/strict";
import { test } from "node:test";
import { type Token, tokenizer } from "acorn";
import fc from "fast-check";
import { codeDigest, normalisedSource } from "../../src/call/source.ts";
import { assertGolden } from "../_golden.ts";
import { corpus } from "./_corpus.ts";
import { decorated } from "./_corpus_decorated.ts";

// deno-lint-ignore no-explicit-any -- functions of every shape.
type Fn = (...args: any[]) => any;

const made = (source: string): Fn => new Function(`"use strict"; return ${source}`)() as Fn;
const normalised = async (source: string): Promise<string> => (await normalisedSource(made(source))) ?? "";

async function assertSame(...sources: string[]): Promise<void> {
  const [first = "", ...others] = await Promise.all(sources.map(normalised));
  for (const [index, other] of others.entries()) assert.equal(other, first, String(sources[index + 1]));
}

async function assertDifferent(...sources: string[]): Promise<void> {
  const texts = await Promise.all(sources.map(normalised));
  for (const [index, one] of texts.entries()) {
    for (const [position, other] of texts.entries()) {
      if (index < position) assert.notEqual(one, other, `${sources[index]}\n${sources[position]}`);
    }
  }
}

test("codeDigest is the same under every runtime", { timeout: 60_000 }, async () => {
  const lines: string[] = [];
  for (const [name, fn] of Object.entries({ ...corpus, ...decorated })) {
    lines.push(`${await codeDigest(fn as Fn)} ${name}\n`);
  }
  assert.equal(new Set(lines.map((line) => line.slice(0, 64))).size, lines.length);
  assertGolden("call/code_digests.txt", lines.join(""));
});

test("codeDigest is a SHA-256 in hexadecimal, and the same each time", async () => {
  const fn = (a: number) => a;
  assert.match(await codeDigest(fn) ?? "", /^[0-9a-f]{64}$/);
  assert.equal(await codeDigest(fn), await codeDigest(fn));
});

test("normalisedSource gives nothing for functions without a source", async () => {
  for (const fn of [Math.max, (() => 1).bind(null), new Proxy(() => 1, {})] as Fn[]) {
    assert.equal(await normalisedSource(fn), undefined);
    assert.equal(await codeDigest(fn), undefined);
  }
});

test("normalisedSource refuses classes", async () => {
  await assert.rejects(async () => await normalisedSource(class A {} as unknown as Fn), TypeError);
});

test("normalisedSource tells strict code from sloppy code", async () => {
  const sloppy = new Function("return this");
  const strict = new Function("'use strict'; return this");
  assert.notEqual(await normalisedSource(sloppy as Fn), await normalisedSource(strict as Fn));
  await assertDifferent("() => this", "() => { 'use strict'; return this }");
});

test("normalisedSource is the same however it is written", async () => {
  await assertSame("(a) => a + 1", "a=>a+1", "( a /* one */ ) =>\n // two\n a\t+ 1", "b => b + 0x1");
  await assertSame("() => ['x']", '() => ["x",]', "() => [`\\x78`]");
  await assertSame("(a) => a.b", "(a) => a['b']", "(a) => (a).b");
  await assertSame("(a) => ({ a })", "(a) => ({ a: a })", "(b) => ({ 'a': b })", "(b) => ({ ['a']: b })");
  await assertSame("function (a) { if (a) a() }", "function (a) { if (a) { a(); } else {} }");
  await assertSame("function (a) { const x = a(); return x }", "function (a) { return a() }");
  await assertSame("() => 3600", "() => 60 * 60", "() => 3_600", "() => 3.6e3");
  await assertSame(
    "(a) => typeof a === 'undefined'",
    '(a) => typeof a > "u"',
    "(a) => 'undefined' == typeof a",
  );
  await assertSame("() => undefined", "() => void 0");
  await assertSame("(a) => ({ ['__proto__']: a })", "(__proto__) => ({ __proto__ })");
  await assertSame(
    "(a) => { const { x: p, y: q } = a; return [p, q, p] }",
    "(a) => { const p = a.x, q = a.y; return [p, q, p] }",
  );
});

test("normalisedSource never merges functions that behave differently", async () => {
  await assertDifferent(
    "(a, b) => a + b",
    "(a, b) => b + a",
    "(a, b) => a - b",
    "(a) => a + b",
    "(a, c = 1) => a + c",
  );
  await assertDifferent(
    "(a) => a",
    "async (a) => a",
    "function (a) { return a }",
    "function* (a) { return a }",
  );
  await assertDifferent(
    "(a) => a.b()",
    "(a) => (0, a.b)()",
    "(a) => a?.b()",
    "(a) => (a?.b)()",
    "(a) => { const f = a.b; return f() }",
  );
  await assertDifferent("(a) => a?.b.c", "(a) => (a?.b).c", "(a) => a.b?.c");
  await assertDifferent(
    "(a) => ({ __proto__: a })",
    "(a) => ({ ['__proto__']: a })",
  );
  await assertDifferent(
    "() => 0",
    "() => -0",
    "() => 0n",
    "() => '0'",
    "() => [0]",
    "() => NaN",
    "() => null",
    "() => undefined",
    "() => false",
  );
  await assertDifferent("() => /a/g", "() => /a/", "() => '/a/g'", "() => new RegExp('a')");
  await assertDifferent("() => 'a'", "() => String.raw`a`", "(a) => a", "() => a", "() => 'a '");
  await assertDifferent("(t) => t`\\n`", "(t) => t`\n`", "(t) => t('\\n')");
  await assertDifferent("(a) => a + 1 + 'b'", "(a) => a + '1b'");
  await assertDifferent("(a, b) => a + `x${b()}` + `y${a.b}`", "(a, b) => a + `x${b()}y${a.b}`");
  await assertDifferent(
    "(a) => { var x = a; return () => x }",
    "(a) => { let x = a; return () => { x = 1; return x } }",
  );
  await assertDifferent(
    "(a) => { let x = a.b; a.c(); return x }",
    "(a) => { a.c(); let x = a.b; return x }",
  );
  await assertDifferent(
    "(a) => { const x = a(), y = a.b(); return [y, x] }",
    "(a) => [a.b(), a()]",
    "(a) => [a(), a.b()]",
  );
  await assertDifferent("(a) => { const x = a(); return a.b && x }", "(a) => a.b && a()");
  await assertDifferent("(a) => { const x = a(); return () => x }", "(a) => () => a()");
  await assertDifferent(
    "(a) => { const x = a(); for (const y of []) x; return 1 }",
    "(a) => { for (const y of []) a(); return 1 }",
  );
  await assertDifferent(
    "(a) => { const f = () => 1; return f }",
    "(a) => { const g = () => 1; return g }",
    "(a) => () => 1",
  );
  await assertDifferent(
    "() => function f() {}",
    "() => function g() {}",
    "() => function () {}",
    "() => class f {}",
  );
  await assertDifferent(
    "(a) => { g(); const k = 1; function g() { a(k) } }",
    "(a) => { g(); function g() { a(1) } }",
  );
  await assertDifferent(
    "(a) => { switch (a) { case 1: const k = 1; case 2: return k } }",
    "(a) => { switch (a) { case 1: case 2: return 1 } }",
  );
  await assertDifferent("(a) => { a.x(k); const k = 1 }", "(a) => { a.x(1) }");
  await assertDifferent("(a) => { if (false) { var b = 1 } return b }", "(a) => { return b }");
  await assertDifferent("(a) => { { let b = 1; b++ } return b }", "(a) => { let b = 1; b++; return b }");
  await assertDifferent("(undefined) => undefined", "(a) => undefined");
  await assertDifferent("(Error) => new Error('x')", "(Error) => Error('x')");
  await assertDifferent("(a, b) => a || b && 1", "(a, b) => (a || b) && 1");
  await assertDifferent("(a, b) => a == b", "(a, b) => a === b", "(a, b) => !(a == b)");
  await assertDifferent("(a) => typeof a > 'u'", "(a) => typeof a > 'v'", "(a) => a > 'u'");
  await assertDifferent(
    "(a) => { for (;;) { if (a()) break } }",
    "(a) => { for (;;) { if (a()) continue } }",
  );
  await assertDifferent("(a) => { x: for (;;) for (;;) break x }", "(a) => { x: for (;;) for (;;) break }");
  await assertDifferent("(a) => { const x = await_; return eval('x') }", "(a) => { return eval('x') }");
  await assertDifferent(
    "function (a) { const x = a; arguments[0] = 2; return x }",
    "function (a) { arguments[0] = 2; return a }",
  );
  await assertDifferent(
    "() => { class A { constructor() {} } return A }",
    "() => { class A { ['constructor']() {} } return A }",
  );
  await assertDifferent(
    "() => class { static a = 1 }",
    "() => class { a = 1 }",
    "() => class { #a = 1 }",
    "() => class { static { this.a = 1 } }",
  );
  await assertDifferent(
    "(a) => [...a]",
    "(a) => [a]",
    "(a) => ({ ...a })",
    "(a) => [, a]",
    "(a) => [undefined, a]",
  );
  await assertDifferent(
    "async (a) => { for await (const x of a) x() }",
    "async (a) => { for (const x of a) x() }",
  );
  await assertDifferent(
    "(a) => { let o = a.o; const { x, y } = o; o = 1; return [x, y, o] }",
    "(a) => { let o = a.o; const x = o.x, y = o.y; o = 1; return [x, y, o] }",
  );
});

const OPERATORS: Record<string, string> = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "<": "<=",
  ">": ">=",
  "<=": "<",
  ">=": ">",
  "===": "==",
  "!==": "!=",
  "&&": "||",
  "||": "&&",
  "??": "||",
  "=": "+=",
  "+=": "-=",
  "++": "--",
  "--": "++",
  "?.": ".",
};

/** What may stand instead of a token, so that the function does something else. */
function mutationOf(token: Token, before: Token | undefined, after: string): string | undefined {
  const { label } = token.type;
  const { value } = token as Token & { readonly value?: unknown };
  if (label === "num") {
    // `void 0` is `void 1`, `!1` is `!4`, and `1 / 0` is `4 / 0`.
    if (typeof value === "bigint" || before?.type.label === "void" || /^\s*\/\s*0\b/.test(after)) {
      return undefined;
    }
    return before?.type.label === "!/~" ? `${Number(value === 0)}` : `${Number(value) * 3 + 1}`;
  }
  if (label === "string") return JSON.stringify(`${value}!`);
  if (label === "true") return "false";
  if (label === "false") return "true";
  if (label === "name" && before?.type.label === ".") return `${value}_`;
  return typeof value === "string" ? OPERATORS[value] : undefined;
}

// Where a changed token stands in code that never runs, or in a comparison of constants that comes out the same,
// nothing changes: these are left out.
const UNCHANGED = new Set([
  "booleans",
  "comparisons",
  "dead",
  "deadVariables",
  "directives",
  "literals",
  "logic",
  "nestedDirectives",
  "sequences",
  "statements",
  "typeofs",
  "unused",
]);

test("normalisedSource tells null from nothing", async () => {
  await assertDifferent("() => { return null }", "() => { return }");
  await assertDifferent("() => [null]", "() => [,]");
  await assertDifferent("() => { let x = null; x ??= 1; return x }", "() => { let x; x ??= 1; return x }");
  await assertDifferent("function* () { yield null }", "function* () { yield }");
  await assertDifferent("(a) => { for (; null;) a() }", "(a) => { for (;;) a() }");
  await assertDifferent("() => class extends null {}", "() => class {}");
  await assertDifferent(
    "(a) => { switch (a) { case null: return 1 } }",
    "(a) => { switch (a) { default: return 1 } }",
  );
  await assertDifferent("() => class { a = null }", "() => class { a }");
});

test("normalisedSource keeps functions nameless that are given to a name by way of an expression", async () => {
  await assertDifferent(
    "() => { const a = () => 1; return a.name }",
    "() => { const a = (0, () => 1); return a.name }",
  );
  await assertDifferent("() => ({ a: class {} })", "() => ({ a: true && class {} })");
  await assertDifferent("(a = () => 1) => a.name", "(a = null ?? (() => 1)) => a.name");
  await assertSame(
    "() => { const a = (0, () => 1); return a.name }",
    "() => { const a = true && (() => 1); return a.name }",
  );
});

test("normalisedSource folds no member that is deleted", async () => {
  await assertDifferent("() => delete 'abc'.length", "() => delete 3");
});

test("normalisedSource changes with every token that means something", { timeout: 60_000 }, async () => {
  let mutants = 0;
  const unchanged: string[] = [];
  for (const [name, fn] of Object.entries(corpus)) {
    if (UNCHANGED.has(name)) continue;
    const source = Function.prototype.toString.call(fn);
    let before: string;
    try {
      before = await normalised(source);
    } catch {
      continue; // Methods cannot be made from their text alone.
    }
    let last: Token | undefined;
    for (const token of tokenizer(source, { ecmaVersion: "latest", sourceType: "module" })) {
      const mutation = mutationOf(token, last, source.slice(token.end));
      last = token;
      if (mutation === undefined) continue;
      const mutant = source.slice(0, token.start) + mutation + source.slice(token.end);
      let after: string;
      try {
        after = await normalised(mutant);
      } catch {
        continue; // No function any more.
      }
      mutants++;
      const context = source.slice(Math.max(0, token.start - 20), token.end + 20).replace(/\s+/g, " ");
      if (after === before) unchanged.push(`${name}: ${context} → ${mutation}`);
    }
  }
  assert.deepEqual(unchanged, []);
  assert.ok(mutants > 300, `only ${mutants} mutants`);
});

/** Small programs whose every evaluation leaves a trace. */
const { expression, statements } = fc.letrec<{ expression: string; statements: string[]; statement: string }>(
  (tie) => {
    const e = tie("expression");
    return {
      expression: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom("1", "'s'", "a", "b", "x", "y", "z", "undefined"),
        fc.constantFrom("log(1)", "log(2)", "o.p", "o.q", "v"),
        e.map((one) => `log(${one})`),
        e.map((one) => `[${one}].length`),
        e.map((one) => `!${one}`),
        e.map((one) => `(0, ${one})`),
        e.map((one) => `\`t\${${one}}\``),
        fc.tuple(e, e).map(([one, other]) => `[${one}, ${other}]`),
        fc.tuple(fc.constantFrom("+", "===", "&&", "||", "??\u0000"), e, e).map(([operator, one, other]) =>
          `((${one}) ${operator.replace("\u0000", "")} (${other}))`
        ),
        fc.tuple(e, e, e).map(([test, one, other]) => `(${test} ? ${one} : ${other})`),
        fc.tuple(e, e).map(([one, other]) => `log(${one}, ${other})`),
        fc.tuple(e, e).map(([one, other]) => `({ k: ${one}, l: ${other} }).k`),
        e.map((one) => `(v = ${one})`),
      ),
      statement: fc.oneof(
        e.map((one) => `${one};`),
        e.map((one) => `log(${one});`),
        e.map((one) => `v = ${one};`),
        e.map((one) => `if (${one}) { log('then'); } else { log('else'); }`),
      ),
      statements: fc.array(tie("statement"), { maxLength: 2 }),
    };
  },
);

function run(source: string): string {
  const trace: unknown[] = [];
  const log = (...values: unknown[]): unknown => {
    trace.push(...values);
    return values[0];
  };
  const traced = (name: string) => ({
    valueOf: () => {
      log(`valueOf ${name}`);
      return 3;
    },
    toString: () => {
      log(`toString ${name}`);
      return "s";
    },
  });
  const o = {
    get p() {
      return log("get p");
    },
    get q() {
      return log("get q");
    },
  };
  let result: unknown;
  try {
    result = made(source)(traced("a"), 0, log, o);
  } catch (error) {
    result = (error as Error).name;
  }
  return JSON.stringify(
    [trace, result],
    (_key, value) => typeof value === "function" ? "f" : value ?? `${value}`,
  );
}

test("normalisedSource is equal only for programs that do the same", { timeout: 60_000 }, async () => {
  let equal = 0;
  // One program declares variables and reads them; the other has the expressions there, right or wrong.
  const programs = fc.tuple(
    expression,
    expression,
    expression,
    statements,
    fc.constantFrom("const", "let", "var"),
  );
  await fc.assert(
    fc.asyncProperty(programs, async ([first, second, last, between, kind]) => {
      const head = "(a, b, log, o) => { let v = 5; ";
      const [x, y] = [`(${first.replace(/[xyz]/g, "a")})`, `(${second.replace(/[yz]/g, "b")})`];
      const tail = (ex: string, ey: string) =>
        `${between.join(" ")} return ${last}; }`.replace(/\bx\b/g, ex).replace(/\by\b/g, ey).replace(
          /\bz\b/g,
          "v",
        );
      const sources = [
        `${head} ${kind} x = ${x}; ${kind} y = ${y}; ${tail("x", "y")}`,
        `${head} ${kind} y = ${y.replace(/\bx\b/g, x)}; ${kind} x = ${x}; ${tail("x", "y")}`,
        `${head} ${kind} x = ${x}; ${tail("x", y)}`,
        `${head} ${kind} y = ${y.replace(/\bx\b/g, x)}; ${tail(x, "y")}`,
        `${head} ${tail(x, y.replace(/\bx\b/g, x))}`,
      ];
      const seen = new Map<string, [string, string]>();
      for (const source of sources) {
        const text = await normalised(source);
        const outcome = run(source);
        const [known, from] = seen.get(text) ?? [outcome, source];
        if (seen.has(text)) equal++;
        assert.equal(outcome, known, `${source}\n${from}`);
        seen.set(text, [known, from]);
      }
    }),
    { numRuns: 600 },
  );
  assert.ok(equal > 80, `only ${equal} equal pairs`);
});
