/** Reads a stream to its end, as UTF-8 text. */
export declare function toText(readableStream: ReadableStream): Promise<string>;
