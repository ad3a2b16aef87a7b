// deno-fmt-ignore-file -- how it is written is what is tested.
// deno-lint-ignore-file
// @ts-nocheck: the types are here to be stripped, not to be right.
/** Functions whose source both runtimes must normalise to the same text, although each transpiles this file its own way. */

const OUTSIDE = { rate: 2 };
export const corpus: Record<string, unknown> = {
  empty: function () {},
  comments: function (a: number /* one */) { // two
    /** three */
    return a; // four
  },
  types: function <T extends object>(a: T, b?: number, ...rest: readonly string[]): T & { c: number } {
    type Local = { x: number }; interface Other { y: Local }
    const local = a as unknown as Other; const other = <Local>local.y; const sure = other!.x!;
    return { ...a, c: sure satisfies number, b, rest } as T & { c: number };
  },
  defaults: function (a = 60 * 60, b = undefined, c = `x`, d = 'it\'s', e = !0, f = -Infinity, g = [1, 2], h = { a: 1, 'b': 2 }) { return [a, b, c, d, e, f, g, h] },
  quotes: () => ['single "q"', "double 'q'", `template`, "\u{1F600}", "\x41\n\t\0", 'é', "日本", "\ud800", "\\", '\'', "\"", `\``, `\${x}`, "</script>", "\u2028", `line
two`],
  templates: (a, b) => [`x${a}y`, `x${"b"}y`, `a${a}` + "b", "b" + `a${a}`, `n${1}${true}${null}`, `o${`i${a}`}${b}`, "a" + a + "b" + "c", "a" + "b" + a, a + "b" + "c", a + 1 + 2, a + 1 + "b", a + "b" + 1, String.raw`\u{41}${a}\n`, a`x${1}`],
  numbers: () => [1_000, 0xff, 0b11, 0o17, 1e21, .5, 5., 1e-7, 1e3, 123456789012345680000, 10n, 1_000n, 0xffn, -0, -1, - 1.5, 0.1 + 0.2, 1 / 3, 2 ** 10, 7 % 4, 1 << 4, ~5, 5 - -3, 1 / 0, -1 / 0, 0 / 0, NaN, Infinity, -Infinity],
  booleans: (a) => [true, false, !0, !1, !true, !a, !!a, !!!a, 1 < 2, "a" < "b", 1 === 1, null == undefined, a === true, a !== false, a == null],
  undefineds: function (a) { let x; let y = undefined; var z = undefined; if (a === undefined) return undefined; if (a == void 0) return; return [x, y, z, undefined, void 0, typeof undefined, a.undefined, { undefined: 1, NaN: 2 }] },
  typeofs: (a) => [typeof a === "undefined", typeof a == 'undefined', "undefined" === typeof a, typeof a !== "undefined", typeof a === "string", typeof a == "function", "number" != typeof a, typeof 1, typeof null, typeof (() => 1), typeof unknownName, typeof a.b],
  comparisons: (a, b) => [1 === a, "x" == a, null !== a, undefined === a, 1 < a, a > 1, !(a === b), !(a == b), !(a !== b), !(a < b), !(a && b), !(a in b), !(a instanceof b), a === null || a === undefined],
  logic: (a, b) => [a && b || 1, (a ?? 1) || 2, a || (b || 1), (a || b) || 1, true && a, false || a, null ?? a, 0 || a, 1 && a, "" || a, a && true, a || false, a ?? undefined, !a ? b : 1, !!a ? b : 1, a ? true : false, true ? a : b, false ? a : b, a ? b : a],
  sequences: (a, b) => [(a, b), (1, b), (a(), 1, b), (0, a.b)(), (0, a)(), (1, a.b)(), (a.b)(), (a, b.c), a.b.c()],
  members: (a, b) => [a.b, a["b"], a["b-c"], a[0], a["0"], a[b], a["b"]["c"].d, a?.b, a?.["b"], a?.b?.(1), a?.[0], (a?.b).c, a?.b.c, delete a.b, delete a["b"], delete a?.b, a["b"](), a.class, a["default"]],
  objects: (a, b) => ({ a, b: b, "c": 1, ["d"]: 2, 3: 4, "5": 6, 'e-f': 7, 1.5: 8, 0x10: 9, m() { return 1 }, get x() { return 2 }, set x(v) { a = v }, async n() { await a }, *g() { yield a }, async *h() { yield a }, [a + "x"]: 1, [`y`]: 2, f: function () {}, k: () => 1, l: function named() {}, async: 1, get: 2, ...b, "__proto__": null }),
  prototypes: (a, __proto__) => [{ __proto__: a }, { "__proto__": a }, { ["__proto__"]: a }, { __proto__ }, { __proto__() {} }],
  news: (a) => [new a, new a(), new a.b, new a(1), new (a())(), new Error("x"), Error("y"), new TypeError, new RangeError("x", { cause: a }), new Array(), new Array(3), new Array(1, 2), Array(3), new Object(), new Map, new Map(), new Set([1]), new Date(), new RegExp("x"), new Promise((r) => r(1)), new Uint8Array(3)],
  literals: () => ["abc".length, "abc"[1], "A".charCodeAt(0), "abc"["length"], /ab+c/gi, /a\/b/u, /[/]/.test("/")],
  blocks: function (a, b) { if (a) b(); if (a) { b() } if (a) { b() } else { a() } if (a) b(); else if (b) a(); else { a.b() } { b(); } { { a() } } ; ; { let c = 1; c++; b(c) } if (a) {} else { b() } if (a.x) {} if (!a) b(); if (!!a) b() },
  dead: function (a) { if (false) { a.never() } if (true) a(); else a.never(); if (!1) a.never(); const DEBUG = false; if (DEBUG) { console.log("never") } if (a) { return 1; a.never() } return 2; a.never(); function hoisted() { return 1 } },
  deadVariables: function (a) { if (false) { var x = 1 } else { a() } return x; var y = 2; const z = 3 },
  loops: function (a) { for (let i = 0, n = 10; i < n; i++) { if (i) continue; else break } for (;;) break; while (true) { break } do a++; while (a < 5); do { a-- } while (a); for (const x of a) { a(x) } for (const k in a) a[k]; for (var v of a) v(); for (const [k, v] of Object.entries(a)) { a(k, v) } for (a.x of a) {} for (;a;) a(); while (!!a) a() },
  labels: function (a) { outer: for (const x of a) { for (const y of x) { if (y) continue outer; break outer } } block: { if (a) break block; a() } },
  switches: function (a) { switch (a) { case 1: case 1 + 1: { a(); break } case "x": { let q = a.b; q(); q() } default: return 3; a() } switch (a) { case a.b: return 1 } },
  tries: function (a) { try { a() } catch { a.b() } finally { } try { return a() } catch (e) { throw new Error("x", { cause: e }) } finally { a.c() } try { a() } catch ({ message }) { a(message) } },
  declarations: function (a) { let x = 1, y = 2; let z; const p = a(), q = a.b(); var v = 1, w; x++; y++; z = 1; v = 2; w = 3; return [x, y, z, p, q, p, q, v, w] },
  destructuring: function (a) { const [p = 1, , ...q] = a, { x: { y = 2 }, ["z"]: w, "v-w": vw, t: t, s, ...u } = a; [a.x, a["y"]] = [1, 2]; ({ x: a.x, y: a.y = 3, t: a.z } = a); return [p, q, y, w, vw, t, s, u] },
  parameters: ({ b: c, d = 2, ...e } = {}, [f, , g = 3] = [], ...[h, i]) => [c, d, e, f, g, h, i],
  constants: function (a) { const K = 5, L = K * 2; const S = "st", B = true, N = null, U = undefined; const T = `x${K}`; let t = K; t++; const f = () => K + L; return [K, L, S, S, B, B, N, N, U, U, T, T, t, f, f()] },
  constantsInFunctions: function (a) { const K = 7; function inner(x) { return x * K } return [inner(a), inner(K)] },
  shadows: function (a) { const x = 1; { const x = 2; a(x); { let x = 3; a(x); x++ } } for (const x of a) a(x); a(x); return (x) => x + 1 },
  once: function (a) { const z = a.b(); return z },
  onceLet: function (a) { let z = a.b(); return z + 1 },
  onceChain: function (a) { const t = a.b; const u = t.c; const v = u.d(); return v },
  onceTwo: function (a) { const x = a.x(), y = a.y(); return [x, y] },
  onceSwapped: function (a) { const x = a.x(), y = a.y(); return [y, x] },
  onceIf: function (a) { const x = a.x; if (x) return 1; const y = a.y(); switch (y) { case 1: return 2 } return 3 },
  onceTemplate: function (a) { const x = a.x(); return `v${x}` },
  onceObject: function (a) { const x = a.x(); return { x } },
  onceThrow: function (a) { const x = a.x(); throw new TypeError(`bad ${x}`) },
  onceAwait: async function (a) { const r = await a.f(); const j = await r.json(); return j },
  onceAwaited: async (url, init) => { const response = await fetch(url, init); if (!response.ok) throw new Error(`status ${response.status}`); const text = await response.text(); return JSON.parse(text) },
  onceYield: function* (a) { const x = yield a; yield* x },
  onceCall: function (a) { const u = a.d; u(); const w = a.e; a.f(w); const y = a.g; y(1, 2).z(); const g = a.gg; g?.(1); const h = a.h; new h(1); const i = a.i; return typeof i },
  onceBranch: function (a) { const b = a.bb; b ? a() : a.b(); const c = a.cc; c || a(); const d = a.dd; a(a || d); const e = a.ee; a(...e); const f = a.ff; return a ? f : 1 },
  onceAssign: function (a) { const t = a.b; a.c = t; const r = a.o; [r.p] = a; const s = a.s; s.t++; let v = a.v; v ||= 2; const i = a.ii; a += i; const x = a; return x + 1 },
  onceLoop: function (a) { const x = a.x(); for (const y of x) a(y); const z = a.z(); while (z) a(); const k = a.k; for (const l in k) a(l) },
  onceClosure: function (a) { const x = a.b; return () => x },
  oncePure: function (a, i) { const x = [1, 2, a]; return i + x.length },
  onceRead: function (a, i) { const x = a[i]; return i + x },
  onceReads: function (a, i) { const x = a[i]; return a.y + x },
  onceThis: function () { const self = this; return self.x },
  onceDestructured: function (a) { const x = a.x(); const { p, q } = x; return p + q },
  onceSpread: function (a) { const xs = a.map((x) => x * 2); return Math.max(...xs) },
  onceSum: function (xs: number[]) { const total = xs.reduce((sum, x) => sum + x, 0); const mean = total / xs.length; return { total, mean } },
  unused: function (a) { a; 1; "x"; const unused = 1; const called = a(); let nothing; !a(); void a(); a.b; (function () {}); () => 1; return 1 },
  arrows: () => [(a) => a, (a) => { return a }, (a) => ({}), (a) => ({ a }), async (a) => await a, async a => { await a }, (a) => void a(), () => () => 1],
  functions: function (a) { function inner(x) { return x * 2 } const expression = function (y) { return y }; const named = function self(n) { return n ? self(n - 1) : 0 }; return [inner(a), expression, expression(a), named, named(a)] },
  closures: function (a) { let count = 0; const step = () => { count += a; return count }; step(); return [step, count] },
  classes: function (a) { class Point { #x = 1; static origin = a; y = this.#x; static { Point.origin = 2 } constructor(x) { this.#x = x } get x() { return this.#x } set x(v) { this.#x = v } static #secret() { return 1 } static make() { return new Point(Point.#secret()) } ["c"]() {} "d-e"() {} async *it() { yield 1; yield* [2] } has(o) { return #x in o } } return [new Point(1), class extends Point { m() { return super.x } }, class Named {}] },
  asyncs: async function (a) { for await (const x of a) { await x } const [p, q] = await Promise.all([a, a]); return [p, q, await p] },
  generators: function* (a) { const got = yield a; yield [got, got]; yield* a; return yield },
  asyncGenerators: async function* (a) { for await (const x of a) yield await x; },
  usings: async function (a) { using x = a; await using y = a.b; return x + y },
  assignments: (a, b) => { a = b; a += 1; a -= 1; a **= 2; a ||= b; a &&= b; a ??= b; a = b = 1; a.b = a["c"] = 2; a++; --b; [a, b] = [b, a]; return a },
  precedence: (a, b, c) => [a + b * c, (a + b) * c, a - (b - c), (a - b) - c, a ** b ** c, (a ** b) ** c, -(a ** b), (-a) ** b, (a, b), a ? b : c ? a : b, (a ? b : c) ? a : b, (a && b) || c, a && (b || c), !(a && b), -(-a), +(+a), - -a, a-- - --b, typeof (a + b), (await_) => await_, (a = b), (() => a)(), new (a.b().c)(), (a || b)(), (a ?? b).c, (function () {})(), (a, b)[c]],
  directives: function (a) { "use strict"; "another"; return [a] },
  nestedDirectives: function (a) { return function () { "use strict"; return a } },
  imports: async (a) => { const path = await import("node:path"); return [path, path.sep, import.meta.url] },
  metas: function (a) { debugger; return new.target === undefined ? a : new.target },
  regexes: (a) => a.replace(/(\d+)\s*[/\\]"?/gim, (_, d) => `${d}`).split(/,/u),
  statements: function (a) { a && a.b(); a || a.b(); a ? a.b() : a.c(); a ?? a.b(); a?.b(); a.b ? a() : 0; (a, a.b()); return void a() },
  globalsOutside: (a) => a * OUTSIDE.rate,
  setter: Object.getOwnPropertyDescriptor({ set x(value) { value() } }, "x").set,
  renamed: function (performance, value, crypto) { const fetch = performance + value; for (const [name, console] of crypto) fetch(name, console); return (structuredClone) => structuredClone + fetch },
  iife: function (a) { return (() => { const x = a(); return x * 2 })() + (function () { return a })() + (async () => 1)() },
  realistic: async function fetchPage(url: string, { retries = 3, timeout = 1000 * 10 }: { retries?: number; timeout?: number } = {}): Promise<string> {
    let lastError: unknown;
    for (let attempt = 0; attempt < retries; attempt++) {
      try {
        const response = await fetch(url, { signal: AbortSignal.timeout(timeout) });
        if (!response.ok) {
          throw new Error(`Cannot fetch "${url}": ${response.status}`);
        }
        return await response.text();
      } catch (error) {
        lastError = error;
        // Wait a little longer each time.
        const delay = 100 * 2 ** attempt;
        await new Promise((resolve) => setTimeout(resolve, delay));
      }
    }
    throw lastError;
  },
  realisticCount: function countWords(text: string, minimum = 3): Map<string, number> {
    const counts = new Map<string, number>();
    for (const word of text.toLowerCase().split(/\W+/)) {
      if (word.length < minimum) continue;
      const before = counts.get(word) ?? 0;
      counts.set(word, before + 1);
    }
    return new Map([...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
  },
  realisticRank: function rank(pages: Record<string, string[]>, { damping = 0.85, rounds = 20 } = {}) {
    const names = Object.keys(pages), n = names.length;
    let ranks: Record<string, number> = Object.fromEntries(names.map((name) => [name, 1 / n]));
    for (let round = 0; round < rounds; round++) {
      const next: typeof ranks = {};
      for (const name of names) next[name] = (1 - damping) / n;
      for (const [from, links] of Object.entries(pages)) {
        if (links.length === 0) { for (const name of names) next[name]! += damping * ranks[from]! / n }
        else for (const to of links) next[to] = (next[to] ?? 0) + damping * (ranks[from] as number) / links.length;
      }
      ranks = next;
    }
    return ranks;
  },
};

class Holder {
  static #hidden = 1;
  static make(a) { return new this(a) }
  #secret(a) { return this.#secret.name + a }
  field = (a) => this.#secret(a);
  ["comp" + "uted"](a) { return [a] }
  'quoted key'(a) { return a }
  async *stream(a) { yield* a }
  get secret() { return this.#secret }
  constructor(a) { void a }
}
const holder = new Holder(1);
Object.assign(corpus, {
  staticMethod: Holder.make,
  privateMethod: holder.secret,
  field: holder.field,
  computedMethod: holder.computed,
  quotedMethod: holder["quoted key"],
  streamMethod: holder.stream,
  getter: Object.getOwnPropertyDescriptor(Holder.prototype, "secret").get,
  objectMethod: { async method(a) { return await a } }.method,
  uses: () => [performance.now(), crypto.randomUUID(), name, fetch, console, structuredClone],
});
