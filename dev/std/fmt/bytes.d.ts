/** Writes a number of bytes with its unit; in powers of 1024 with `binary`. Throws a TypeError unless it is finite. */
export declare function format(num: number, options?: { binary?: boolean }): string;
