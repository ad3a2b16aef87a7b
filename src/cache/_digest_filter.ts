/**
 * A set of digests in 16 MiB, whatever their number: a Bloom filter (B. H. Bloom, "Space/Time Trade-offs in Hash Coding with
 * Allowable Errors", 1970). What was added is always found; what was not is, with luck of one in millions, too.
 *
 * @module
 */

const BITS_LOG2 = 27;
const WORDS = 8;

/** A key as fleche's own are: 64 lower-case hex digits. */
export function isDigest(key: string): boolean {
  return /^[0-9a-f]{64}$/.test(key);
}

/**
 * Digests are the hash functions already: each gives eight words of 32 bits. Every filter stirs them differently, so that what is
 * found by mistake this time is not the next time.
 *
 * Mistakes: 1 in 4e9 digests with a million in it, 1 in 600 with ten million.
 */
export class DigestFilter {
  readonly #bits = new Uint32Array(2 ** (BITS_LOG2 - 5));
  /** Odd, so that multiplying by them (modulo 2^32) loses nothing. */
  readonly #factors = crypto.getRandomValues(new Uint32Array(WORDS)).map((factor) => factor | 1);

  /** Adds a digest. */
  add(digest: string): void {
    for (let word = 0; word < WORDS; word++) {
      const bit = this.#bit(digest, word);
      this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
  }

  /** Whether a digest was added; rarely true when it was not. */
  has(digest: string): boolean {
    for (let word = 0; word < WORDS; word++) {
      const bit = this.#bit(digest, word);
      if (((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }

  #bit(digest: string, word: number): number {
    let value = 0;
    for (let at = word * 8; at < word * 8 + 8; at++) {
      // By hand: cutting and parsing took half the time of a whole run.
      const code = digest.charCodeAt(at);
      value = (value << 4) | ((code & 15) + (code >>> 6) * 9);
    }
    return Math.imul(value, this.#factors[word] ?? 1) >>> (32 - BITS_LOG2);
  }
}
