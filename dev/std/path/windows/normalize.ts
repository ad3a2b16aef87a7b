// Stands in for JSR's @std/path on machines that cannot reach JSR: the same sources, built for npm (deno-std).
// @ts-types="./normalize.d.ts"
export { normalize } from "npm:deno-std@1.4.0/path/windows/normalize.js";
