/**
 * The contract between the configuration and the storage types that it names: what a type declares of its options.
 * Contract only; the registry is `storage_types.ts`.
 *
 * @module
 */

import type { Durability, Storage } from "../storage/types.ts";

/** What a storage of a cache keeps: results, or the records of calls. */
export type StorageRole = "values" | "calls";

/** What a storage is made for. */
export interface StorageUse {
  /** What it is to keep. */
  readonly role: StorageRole;
  /** What must still be there of what it keeps, after what. */
  readonly durability: Durability;
}

/** What each kind of option is when a storage is opened. */
export interface StorageOptionValues {
  /** Any text. */
  readonly string: string;
  /** A path: `~` is the home folder, relative paths are relative to the file that declares them. Absolute when opened. */
  readonly path: string;
  /** A whole number, exactly representable. */
  readonly integer: number;
  /** A finite number. */
  readonly number: number;
  /** `true` or `false`. */
  readonly boolean: boolean;
  /** A list of texts. */
  readonly strings: readonly string[];
  /** Another storage, configured by a table of its own. */
  readonly storage: Storage;
}

/** What kinds of options there are. */
export type StorageOptionKind = keyof StorageOptionValues;

/** One option of a storage type, declared as data. */
export interface StorageTypeOption {
  /** What kind of value it takes. */
  readonly kind: StorageOptionKind;
  /**
   * Whether it must be given.
   *
   * @default {false}
   */
  readonly required?: boolean;
  /** The only texts that it takes. */
  readonly oneOf?: readonly string[];
  /**
   * A check beyond the kind, of the value as it was given.
   *
   * @returns What would be right, to follow "expected"; `undefined` when it is right.
   */
  readonly check?: (value: unknown) => string | undefined;
  /** How a text is shown in messages, where it may hold a secret; cut when long, and whole, where this is absent. */
  readonly show?: (value: string) => string;
  /**
   * For texts that hold a path somewhere inside, as a URL may: gives the text with that path made absolute.
   *
   * @param value The text as it was given.
   * @param absolute Makes a path absolute, by the rules of the kind `"path"`.
   */
  readonly locate?: (value: string, absolute: (path: string) => string) => string;
}

/** The options of a storage type, by their names in the configuration: `snake_case`. */
export type StorageTypeOptions = Readonly<Record<string, StorageTypeOption>>;

/** What `open` is given for an option: one of its texts where these are declared. */
export type OpenedOption<Option extends StorageTypeOption> = Option extends
  { readonly oneOf: readonly (infer Text)[] } ? Text
  : StorageOptionValues[Option["kind"]];

/** What `open` of a storage type is given: required options always, others where they were set. */
export type OpenedOptions<Options extends StorageTypeOptions> =
  & {
    readonly [Name in keyof Options as Options[Name]["required"] extends true ? Name : never]: OpenedOption<
      Options[Name]
    >;
  }
  & {
    readonly [Name in keyof Options as Options[Name]["required"] extends true ? never : Name]?: OpenedOption<
      Options[Name]
    >;
  };

/** A storage type: what a configuration may say of it, and how it is made. */
export interface StorageType<Options extends StorageTypeOptions = StorageTypeOptions> {
  /** The options that it takes, by name; whatever else stands in the configuration is refused. */
  readonly options: Options;
  /**
   * What it may keep.
   *
   * @default {["values", "calls"]}
   */
  readonly roles?: readonly StorageRole[];
  /**
   * Makes the storage; should do no I/O before the first use of it.
   *
   * @param options The options that were set.
   * @param use What the storage is for; a storage within another is for the same.
   */
  open(options: OpenedOptions<Options>, use: StorageUse): Storage;
}
