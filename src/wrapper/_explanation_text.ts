/**
 * What an explanation says as a sentence. What it tells of was read from a storage, where anybody may have written: so
 * sentences are of bounded length and on one line, whatever stands there, and no part of them is obeyed by a terminal.
 *
 * @module
 */

import { builtin } from "../_runtime.ts";
import { isSmall } from "../call/inline_arguments.ts";
import type { KeyDifference, KeyedArgument } from "../cache/nearest_call.ts";
import type { CallMissReason } from "../events/types.ts";
import type { ExplainedMiss } from "./explain.ts";

/** How many of a list are named. */
const MOST_NAMED = 10;

/** Longest name, in UTF-16 units. */
const LONGEST_NAME = 60;

/** Longest value. */
const LONGEST_VALUE = 120;

const STATES: Readonly<Record<Exclude<CallMissReason, "uncached" | "refresh">, string>> = {
  absent: "is not there",
  damaged: "is damaged",
  version: "is of another format version",
  refused: "is not signed with a known key",
  unavailable: "cannot be read",
};

/** Why a call would be a miss. @param name Of the function. */
export function missText(name: string, miss: Omit<ExplainedMiss, "hit" | "message">): string {
  const { reason, key, part, cause, nearest } = miss;
  const because = cause === undefined ? "" : `: ${cause instanceof Error ? cause.message : String(cause)}`;
  if (reason === "uncached") {
    return `A call of "${name}" would run uncached${because || ": its cache keeps nothing"}`;
  }
  if (reason === "refresh") {
    return `A call of "${name}" would run its function, whatever is kept: it is told to`;
  }
  const begin = `A call of "${name}" would be a miss: `;
  if (reason !== "absent" || part === "values") {
    return `${begin}its ${part === "values" ? "value" : "record"} ${STATES[reason]} (key ${key})${because}`;
  }
  const others = nearest === undefined
    ? "no other call of that name is"
    : `the nearest call that is, of ${timeText(nearest.time)}, differs in ${
      differencesText(nearest.differs)
    }`;
  return `${begin}nothing is kept under its key (${key}); ${others}`;
}

/** A time in seconds since the epoch; a record can have any number there. */
export function timeText(time: number): string {
  const date = new Date(time * 1000);
  return Number.isNaN(date.getTime()) ? "an unknown time" : date.toISOString();
}

function differencesText(differs: readonly KeyDifference[]): string {
  const parts = differs.slice(0, MOST_NAMED).map(differenceText);
  if (differs.length > MOST_NAMED) parts.push(`${differs.length - MOST_NAMED} more`);
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

function differenceText(difference: KeyDifference): string {
  switch (difference.part) {
    case "argument": {
      const { name, given, stored } = difference;
      return `argument "${shortened(name, LONGEST_NAME)}" (${argumentText(stored)} there, ${
        argumentText(given)
      } here)`;
    }
    case "order":
      return `the order of its parameters (${namesText(difference.stored)} there, ${
        namesText(difference.given)
      } here)`;
    case "code":
      return "the function's code";
    default:
      return `${difference.part} (${partText(difference.stored)} there, ${partText(difference.given)} here)`;
  }
}

function namesText(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map((name) => shortened(name, LONGEST_NAME));
  return names.length > MOST_NAMED ? `${shown.join(", ")}, …` : shown.join(", ");
}

function partText(part: string | number | undefined): string {
  return part === undefined ? "none" : valueText(part);
}

function argumentText(argument: KeyedArgument | undefined): string {
  if (argument === undefined) return "none";
  const { digest, value } = argument;
  // The text of a large one would take long.
  const isText = "value" in argument && (typeof value !== "object" || isSmall(value));
  return isText ? valueText(value) : `digest ${digest.slice(0, 8)}…`;
}

/** A value on part of a line. Calls nothing of the value's own. */
function valueText(value: unknown): string {
  const { inspect } = builtin("node:util");
  const text = inspect(value, {
    customInspect: false,
    depth: 2,
    breakLength: Infinity,
    maxArrayLength: 8,
    maxStringLength: 60,
  });
  return shortened(text, LONGEST_VALUE);
}

/** Text cut to a length, with its control characters and line ends written as escapes. */
function shortened(text: string, length: number): string {
  const cut = text.length > length ? `${text.slice(0, length - 1)}…` : text;
  // deno-lint-ignore no-control-regex -- these are what it is about.
  return cut.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
