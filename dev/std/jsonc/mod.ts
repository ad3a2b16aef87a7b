// Stands in for JSR's @std/jsonc on machines that cannot reach JSR: the same sources, built for npm (deno-std).
// @ts-types="./mod.d.ts"
export { parse } from "npm:deno-std@1.4.0/jsonc/mod.js";
