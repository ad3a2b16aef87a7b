/**
 * Where in a value something stands, as a reader would write it: `$.rows[3].callback`.
 *
 * @module
 */

/** A step from an object to what stands in it: a property, an index, or text for what neither reaches. */
export type Step = string | number | { readonly text: string };

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;
/** A message is to be read: longer paths keep their two ends. */
const MOST_STEPS = 40;

function stepText(step: Step): string {
  if (typeof step === "number") return `[${step}]`;
  if (typeof step === "object") return step.text;
  return IDENTIFIER.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}

/** The path that the steps make, from the root `$`. */
export function pathText(steps: readonly Step[]): string {
  const half = MOST_STEPS / 2;
  if (steps.length <= MOST_STEPS) return `$${steps.map(stepText).join("")}`;
  return `$${steps.slice(0, half).map(stepText).join("")}…${steps.slice(-half).map(stepText).join("")}`;
}

/** The step into a Map's value: by its key where that can be shown, else by its position. */
export function mapStep(key: unknown, index: number): Step {
  if (typeof key === "string") return { text: `.get(${JSON.stringify(key)})` };
  if (typeof key === "number" || typeof key === "boolean") return { text: `.get(${key})` };
  if (typeof key === "bigint") return { text: `.get(${key}n)` };
  return { text: `.values()[${index}]` };
}
