// Stands in for JSR's @std/fmt on machines that cannot reach JSR: the same sources, built for npm (deno-std).
// @ts-types="./bytes.d.ts"
export { format } from "npm:deno-std@1.4.0/fmt/bytes.js";
