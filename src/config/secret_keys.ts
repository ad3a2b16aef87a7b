/**
 * The secret keys of a section: to be used, and not to be printed.
 *
 * @module
 */

/** Secret keys that no log, no JSON and no debugger's view of the settings around them shows. */
export class SecretKeys {
  readonly #keys: readonly string[];

  /** @param keys Hexadecimal texts; a copy is kept. */
  constructor(keys: readonly string[]) {
    this.#keys = [...keys];
  }

  /** The keys themselves. */
  reveal(): readonly string[] {
    return [...this.#keys];
  }

  /** What stands for them in JSON. */
  toJSON(): string {
    return "[secret]";
  }
}
