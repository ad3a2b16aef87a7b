/**
 * What a secret key is as text. Nothing here, and nothing that is said of a wrong one, shows it.
 *
 * @module
 */

/** Shortest key, in bytes: 128 bits, which nobody can try out. */
const LEAST_BYTES = 16;

/** What a key must be, to follow "expected". */
export const SECRET_KEY_FORM: string = `an even number of hexadecimal digits, at least ${2 * LEAST_BYTES}`;

/** Whether a text is a key. */
export function isSecretKey(text: unknown): text is string {
  return typeof text === "string" && text.length >= 2 * LEAST_BYTES && text.length % 2 === 0 &&
    /^[0-9a-fA-F]+$/.test(text);
}

/** The bytes of keys, each once, in their order. */
export function secretBytes(keys: readonly string[]): readonly Uint8Array<ArrayBuffer>[] {
  return [...new Set(keys.map((key) => key.toLowerCase()))].map(bytesOf);
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
