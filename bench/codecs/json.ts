/** JSON: the text alone, which is what bounds are held to, and the text as bytes, which is what a file holds. @module */
import type { CodecContestant } from "./contract.ts";
import { plain, prepare } from "./prepare.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// JSON has no typed arrays: its users make an array of numbers, and a typed array of that again.
const toPlain = (value: unknown): unknown => value instanceof Float64Array ? Array.from(value) : value;

/** `JSON.stringify` and `JSON.parse`. */
export const json: CodecContestant = {
  id: "json",
  label: "JSON.stringify, JSON.parse",
  note: "text, no bytes; floats through an array of numbers",
  open: (input) =>
    prepare<string, string>(input, {
      encode: (value) => JSON.stringify(toPlain(value)),
      body: (text) => text,
      sizeBytes: (text) => encoder.encode(text).byteLength,
      decode: input.name === "floats" ? (text) => Float64Array.from(JSON.parse(text)) : JSON.parse,
    }),
};

/** The same with the way to bytes and from them. */
export const jsonBytes: CodecContestant = {
  id: "json-bytes",
  label: "JSON as UTF-8",
  only: ["object", "rows"],
  open: (input) =>
    prepare(
      input,
      plain((value) => encoder.encode(JSON.stringify(value)), (bytes) => JSON.parse(decoder.decode(bytes))),
    ),
};
