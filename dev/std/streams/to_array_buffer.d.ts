/** Reads a stream to its end, into one buffer. */
export declare function toArrayBuffer(readableStream: ReadableStream<Uint8Array>): Promise<ArrayBuffer>;
