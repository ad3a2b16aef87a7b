/** Parses JSON with comments and trailing commas. */
export declare function parse(text: string): unknown;
