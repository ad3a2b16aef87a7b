/** The structured clone of the runtime: as a copy, and as bytes. @module */
import { deserialize, serialize } from "node:v8";
import type { CodecContestant } from "./contract.ts";
import { plain, prepare } from "./prepare.ts";

/** `structuredClone`, which is there and back in one: it stands among the encoders. */
export const clone: CodecContestant = {
  id: "structured-clone",
  label: "structuredClone, there and back",
  note: "no bytes to keep",
  open: ({ values }) =>
    Promise.resolve({
      encode: { sync: true, call: (i) => structuredClone(values[i % values.length]) },
    }),
};

/** `serialize` and `deserialize` of `node:v8`: V8's own format in Deno, JavaScriptCore's in Bun. */
export const v8: CodecContestant = {
  id: "v8",
  label: "node:v8 serialize, deserialize",
  note: "what one runtime writes the other does not read",
  open: (input) => prepare(input, plain(serialize, deserialize)),
};
