// Stands in for JSR's @std/streams on machines that cannot reach JSR: the same sources, built for npm (deno-std).
// @ts-types="./to_array_buffer.d.ts"
export { toArrayBuffer } from "npm:deno-std@1.4.0/streams/to_array_buffer.js";
