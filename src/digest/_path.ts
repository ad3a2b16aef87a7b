/**
 * Where in a value something stands, as text: `$.rows[3].callback`.
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

/** Of a longer path only the ends are printed. */
const PRINTED_STEPS = 24;

/** Prints a path, as `$.rows[3].callback`. */
export function formatPath(steps: readonly PathStep[]): string {
  if (steps.length > PRINTED_STEPS) {
    const half = PRINTED_STEPS / 2;
    return `$${format(steps.slice(0, half))} … ${format(steps.slice(-half))}`;
  }
  return `$${format(steps)}`;
}

function format(steps: readonly PathStep[]): string {
  let path = "";
  for (const step of steps) {
    if (typeof step === "number") path += `[${step}]`;
    else if (typeof step === "symbol") path += `[Symbol.for(${JSON.stringify(Symbol.keyFor(step))})]`;
    else if (typeof step !== "string") path += step.text;
    else {path += /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(step)
        ? `.${step}`
        : `[${JSON.stringify(step)}]`;}
  }
  return path;
}
