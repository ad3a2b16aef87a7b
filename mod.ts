/** Placeholder until the API lands. @module */
export * from "./src/errors.ts";
