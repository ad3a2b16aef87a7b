/** Passes bytes through up to `size`, then ends, or fails with a RangeError where `error` is set. */
export declare class LimitedBytesTransformStream extends TransformStream<Uint8Array, Uint8Array> {
  constructor(size: number, options?: { error?: boolean });
}
