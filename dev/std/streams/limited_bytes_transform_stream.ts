// Stands in for JSR's @std/streams on machines that cannot reach JSR: the same sources, built for npm (deno-std).
// @ts-types="./limited_bytes_transform_stream.d.ts"
export { LimitedBytesTransformStream } from "npm:deno-std@1.4.0/streams/limited_bytes_transform_stream.js";
