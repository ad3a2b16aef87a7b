/**
 * Every error class of the module, each with literal `code`s. A class exists only where a caller would act
 * differently; plain misuse is a built-in `TypeError` or `RangeError`. A miss is not an error, except to `.load()`.
 *
 * @module
 */

/** What can be wrong with a configuration: its syntax, its meaning, or the cache name that was asked of it. */
export type ConfigErrorCode = "config-syntax" | "config-invalid" | "config-unknown-cache";

/** A configuration that cannot be used. The message names the file, the place in it, what was found and what would be right. */
export class ConfigError extends Error {
  /** Always `"ConfigError"`. */
  override readonly name: "ConfigError" = "ConfigError";
  /** What kind of fault it is. */
  readonly code: ConfigErrorCode;
  /** The file that was read; `undefined` for settings given in code. */
  readonly file: string | undefined;
  /** The place in it, as `mycache.values.inner.type`, or `line 3, column 7` for syntax. */
  readonly place: string | undefined;

  /**
   * Makes the error.
   *
   * @param code What kind of fault it is.
   * @param message Sentence without the file, which is put in front.
   * @param options `file` and `place` of the fault, and its `cause`.
   */
  constructor(
    code: ConfigErrorCode,
    message: string,
    options: { file?: string | undefined; place?: string | undefined; cause?: unknown } = {},
  ) {
    const source = options.file === undefined ? "settings" : `configuration "${options.file}"`;
    super(`Cannot use ${source}: ${message}`, "cause" in options ? { cause: options.cause } : {});
    this.code = code;
    this.file = options.file;
    this.place = options.place;
  }
}

/** A value that has no faithful digest: the call runs uncached, or throws this under `strict`. */
export class DigestError extends TypeError {
  /** Always `"DigestError"`. */
  override readonly name: "DigestError" = "DigestError";
  /** Always `"undigestible"`. */
  readonly code: "undigestible" = "undigestible";
  /** Where in the value, as `$.rows[3].callback`; the argument's name stands for `$` where the value is one. */
  readonly path: string;
  /** What stands there and what would work instead. */
  readonly reason: string;

  /**
   * Makes the error.
   *
   * @param path Where in the value, as `$.rows[3].callback`.
   * @param reason What stands there and what would work instead.
   */
  constructor(path: string, reason: string) {
    super(`Cannot digest ${path}: ${reason}`);
    this.path = path;
    this.reason = reason;
  }
}

/** What a codec can refuse: a value that it cannot write, or bytes that it cannot read. */
export type CodecErrorCode = "unencodable" | "malformed";

/** A value that a codec cannot write, or bytes that it cannot read. */
export class CodecError extends Error {
  /** Always `"CodecError"`. */
  override readonly name: "CodecError" = "CodecError";
  /** Which of the two it is. */
  readonly code: CodecErrorCode;
  /** Where in the value, as `$.rows[3].callback`; of `"unencodable"` only. */
  readonly path: string | undefined;
  /** Where in the bytes; of `"malformed"` only, where known. */
  readonly offset: number | undefined;

  /**
   * Makes the error.
   *
   * @param code Which of the two it is.
   * @param message What could not be done, and why.
   * @param options `path` in the value, byte `offset`, `cause`.
   */
  constructor(
    code: CodecErrorCode,
    message: string,
    options: { path?: string | undefined; offset?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : {});
    this.code = code;
    this.path = options.path;
    this.offset = options.offset;
  }
}

/** A stored entry whose bytes are not those that were put: damaged, cut short, or put under another key. */
export class IntegrityError extends Error {
  /** Always `"IntegrityError"`. */
  override readonly name: "IntegrityError" = "IntegrityError";
  /** Always `"integrity"`. */
  readonly code: "integrity" = "integrity";
  /** The entry's key. */
  readonly key: string;
  /** Offset in the body, in bytes, of the first chunk that is not as it was put. */
  readonly offset: number;

  /**
   * Makes the error.
   *
   * @param key The entry's key.
   * @param offset Offset in bytes of the first damaged chunk.
   * @param reason What is wrong there.
   */
  constructor(key: string, offset: number, reason: string) {
    super(`Cannot deliver entry "${key}": ${reason} at offset ${offset}`);
    this.key = key;
    this.offset = offset;
  }
}

/** Why a call had no result in the cache. */
export type MissReason = "absent" | "damaged" | "version" | "refused" | "unavailable";

const MISS_TEXT: Readonly<Record<MissReason, string>> = {
  absent: "none is kept",
  damaged: "what is kept is damaged",
  version: "what is kept is of another format version",
  refused: "what is kept is not signed with a known key",
  unavailable: "the cache cannot be read",
};

/** A result that was asked of the cache alone (`f.load(...)`) and is not there. */
export class CacheMissError extends Error {
  /** Always `"CacheMissError"`. */
  override readonly name: "CacheMissError" = "CacheMissError";
  /** Always `"miss"`. */
  readonly code: "miss" = "miss";
  /** The call's key. */
  readonly key: string;
  /** Why there is none. */
  readonly reason: MissReason;

  /**
   * Makes the error.
   *
   * @param key The call's key.
   * @param reason Why there is no result.
   * @param call The function's name, for the message.
   * @param options The `cause`, where there is one.
   */
  constructor(key: string, reason: MissReason, call: string, options: { cause?: unknown } = {}) {
    super(`Cannot load a result of "${call}": ${MISS_TEXT[reason]} (key ${key})`, options);
    this.key = key;
    this.reason = reason;
  }
}

/**
 * What the cache could not do for a call: digest it, read or write its entry, or describe it; `"busy"` when it is being looked
 * after already.
 */
export type CacheErrorCode = "refused" | "unreadable" | "unwritable" | "metadata" | "busy";

/**
 * Under `strict`: the cache could not do its part of a call. Without `strict` this is a warning and the result is returned.
 * Also what keeps `gc` and `clear` from removing values.
 */
export class CacheError extends Error {
  /** Always `"CacheError"`. */
  override readonly name: "CacheError" = "CacheError";
  /** What could not be done. */
  readonly code: CacheErrorCode;

  /**
   * Makes the error.
   *
   * @param code What could not be done.
   * @param message The sentence that the warning would have had.
   * @param options The `cause`.
   */
  constructor(
    code: CacheErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.code = code;
  }
}
