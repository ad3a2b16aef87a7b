/** What a contestant gives its caller that gives it nothing. @module */

/** No bytes. */
export async function* nothing(): AsyncGenerator<Uint8Array> {}
