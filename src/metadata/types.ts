/**
 * The metadata contract: what a class must offer to say, in namespaced JSON, how a result came to be.
 *
 * @module
 */

/** Plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The metadata of one namespace. */
export type JsonObject = { readonly [key: string]: Json };

/** What a metadata class is told about the call that it describes. */
export interface CallInfoInput {
  /** Name of the function. */
  readonly name: string;
  /** Its module, where it has one. */
  readonly module: string | undefined;
  /** The version given to `fleche()`, where there is one. */
  readonly version: string | number | undefined;
  /** The call's key. */
  readonly key: string;
}

/**
 * Says how a result came to be, under a namespace of its own in the call record. Runs on misses only.
 *
 * What a permission or the platform denies is left out; whatever is thrown is a warning and never fails the call.
 */
export interface Metadata {
  /** The namespace: lower-case, as `runtime`. */
  readonly name: string;
  /** Called right before the function runs; what it returns is handed to `after`, and is the entry where there is no `after`. */
  before?(call: CallInfoInput): JsonObject | Promise<JsonObject>;
  /** Called when the function has returned; gives the whole entry. */
  after?(before: JsonObject, call: CallInfoInput): JsonObject | Promise<JsonObject>;
}
