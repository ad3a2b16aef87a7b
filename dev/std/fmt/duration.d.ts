/** Writes milliseconds as days, hours and so on: `1m 39s`; without the parts that are zero under `ignoreZero`. */
export declare function format(ms: number, options?: { ignoreZero?: boolean }): string;
