// deno-fmt-ignore-file -- how it is written is what is tested.
// deno-lint-ignore-file
// @ts-nocheck: as in _corpus.ts.
/** Methods with decorators. In a file of their own: Deno rewrites every class of a file that has a decorator. */

const mark = () => (method) => method;
class Decorated {
  @mark() method(a, b = 2) { return this.other + a + b }
  @mark() @mark() static async made(a) { return [await a] }
}

export const decorated: Record<string, unknown> = {
  decorated: Decorated.prototype.method,
  decoratedStatic: Decorated.made,
};
