/**
 * The secret keys of a section: to be used, and not to be printed.
 *
 * @module
 */

/** Secret keys that no log, no JSON and no debugger's view of the settings around them shows. */
export class SecretKeys {
  readonly #keys: readonly string[];

  /**
   * Keeps a copy.
   *
   * @param keys Hexadecimal texts.
   */
  constructor(keys: readonly string[]) {
    this.#keys = [...keys];
  }

  /**
   * Gives the keys.
   *
   * @returns The texts themselves.
   */
  reveal(): readonly string[] {
    return [...this.#keys];
  }

  /**
   * What stands for them in JSON.
   *
   * @returns Always `"[secret]"`.
   */
  toJSON(): string {
    return "[secret]";
  }
}
