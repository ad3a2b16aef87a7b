// Stands in for JSR's @std/path on machines that cannot reach JSR: the same sources, built for npm (deno-std).
// @ts-types="./from_file_url.d.ts"
export { fromFileUrl } from "npm:deno-std@1.4.0/path/windows/from_file_url.js";
