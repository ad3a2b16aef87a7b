/**
 * How long a connection waits for a lock on a database file. Who has waited in vain does not wait as long again: somebody
 * holds the lock for good, and each call of a program would wait for it several times.
 *
 * @module
 */

/** How long to wait after a wait in vain, in milliseconds: enough for a writer that is at work to be done. */
const IMPATIENT_MS = 50;

/** The waits for one file, of all its connections in this process: the values and the calls of a cache have one each. */
export class Patience {
  readonly #fullMs: number;
  #isLost = false;

  /** @param fullMs How long to wait for a lock, in milliseconds. */
  constructor(fullMs: number) {
    this.#fullMs = fullMs;
  }

  /** How long to wait now, in milliseconds. */
  get ms(): number {
    return this.#isLost ? Math.min(IMPATIENT_MS, this.#fullMs) : this.#fullMs;
  }

  /** A wait was in vain. */
  lose(): void {
    this.#isLost = true;
  }

  /** Something was written: whoever held the lock has let go of it. */
  regain(): void {
    this.#isLost = false;
  }
}

const shared = new Map<string, Patience>();

/** The patience with a file, shared by those who would wait as long. */
export function patienceWith(path: string, fullMs: number): Patience {
  const key = `${fullMs} ${path}`;
  let patience = shared.get(key);
  if (patience === undefined) shared.set(key, patience = new Patience(fullMs));
  return patience;
}
