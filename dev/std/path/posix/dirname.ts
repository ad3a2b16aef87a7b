// Stands in for JSR's @std/path on machines that cannot reach JSR: the same sources, built for npm (deno-std).
// @ts-types="./dirname.d.ts"
export { dirname } from "npm:deno-std@1.4.0/path/posix/dirname.js";
