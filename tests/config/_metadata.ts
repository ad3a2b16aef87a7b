// deno-lint-ignore-file no-console -- printing is what it is for.
/** Prints the names of the default metadata. */
import { defaultMetadata } from "../../src/config/active_config.ts";

console.log(defaultMetadata().map(({ name }) => name).join(" "));
