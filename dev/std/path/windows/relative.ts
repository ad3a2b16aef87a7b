// Stands in for JSR's @std/path on machines that cannot reach JSR: the same sources, built for npm (deno-std).
// @ts-types="./relative.d.ts"
export { relative } from "npm:deno-std@1.4.0/path/windows/relative.js";
