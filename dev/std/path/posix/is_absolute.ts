// Stands in for JSR's @std/path on machines that cannot reach JSR: the same sources, built for npm (deno-std).
// @ts-types="./is_absolute.d.ts"
export { isAbsolute } from "npm:deno-std@1.4.0/path/posix/is_absolute.js";
