/**
 * Where in a value something stands, as a reader would write it: `$.rows[3].callback`. Messages of what walks through
 * values say it, digests and codecs alike.
 *
 * @module
 */

/** A step that is no property and no element: the i-th key or value of a collection, or the state from a hook. */
export class Step {
  /** The step as it is printed. */
  readonly text: string;

  /** @param text The step as it is printed. */
  constructor(text: string) {
    this.text = text;
  }
}

/** One step into a value: a property, an element, a registered symbol, or something else. */
export type PathStep = string | number | symbol | Step;

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** A message is to be read: of a longer path only the ends are printed. */
const PRINTED_STEPS = 24;

/** Prints a path from the root `$`. */
export function formatPath(steps: readonly PathStep[]): string {
  const half = PRINTED_STEPS / 2;
  if (steps.length <= PRINTED_STEPS) return `$${format(steps)}`;
  return `$${format(steps.slice(0, half))} … ${format(steps.slice(-half))}`;
}

function format(steps: readonly PathStep[]): string {
  return steps.map(formatStep).join("");
}

function formatStep(step: PathStep): string {
  if (typeof step === "number") return `[${step}]`;
  if (typeof step === "symbol") return `[Symbol.for(${JSON.stringify(Symbol.keyFor(step))})]`;
  if (typeof step !== "string") return step.text;
  return IDENTIFIER.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}

/** The step to a Map's value: by its key where that can be shown, else by its position. */
export function mapStep(key: unknown, index: number): Step {
  if (typeof key === "string") return new Step(`.get(${JSON.stringify(key)})`);
  if (typeof key === "number" || typeof key === "boolean") return new Step(`.get(${key})`);
  if (typeof key === "bigint") return new Step(`.get(${key}n)`);
  return new Step(`.values()[${index}]`);
}
