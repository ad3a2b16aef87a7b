/** Published conformance cases. @module */
export type { Storage } from "../storage/types.ts";
