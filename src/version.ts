/**
 * The package's own version, for whoever writes it down. Kept equal to that of `deno.json` by a test: JSON cannot be
 * imported the same way under Deno, Bun and JSR.
 *
 * @module
 */

/** Version of this package, as `1.2.3`. */
export const version: string = "0.1.0";
