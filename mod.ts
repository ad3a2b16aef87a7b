/**
 * A persistent cache of function results for Deno and Bun: wrap a function, and its results are kept on disk (or in
 * memory, or in SQL), found again in the next process, and described by records that can be looked at later.
 *
 * Caches are named in `$XDG_CONFIG_HOME/fleche/cache.toml` (else `~/.config/fleche/cache.toml`) and chosen by name; without
 * a configuration, results are kept in memory for the life of the process.
 *
 * @example Count words once, here and in every later process
 * ```ts
 * import { cache, fleche, openCache } from "@fleche/fleche";
 *
 * const countWords = fleche(async (text: string) => await text.split(/\s+/).length, { name: "countWords" });
 *
 * const root = await Deno.makeTempDir();
 * await using mine = openCache({
 *   values: { type: "CborFile", root: `${root}/values` },
 *   calls: { type: "CborFile", root: `${root}/calls` },
 * });
 * await cache(mine, async () => {
 *   await countWords("the same words again"); // computes, keeps
 *   await countWords("the same words again"); // hit
 *   console.assert(await countWords.contains("the same words again"));
 * });
 * ```
 *
 * @module
 */

export { Cache } from "./src/cache/cache.ts";
export type { CacheParts, SingleFlight } from "./src/cache/cache.ts";
export type {
  CacheStats,
  ClearOptions,
  ClearReport,
  Fault,
  FaultKind,
  GcOptions,
  GcReport,
  SharedValuesOptions,
  StorageStats,
  VerifyOptions,
  VerifyProgress,
  VerifyReport,
} from "./src/cache/types.ts";
export type { KeyDifference, KeyedArgument, NearestCall } from "./src/cache/nearest_call.ts";
export { Tally } from "./src/cache/tally.ts";
export type { CountedFunction, Counts, FunctionCounts } from "./src/cache/tally.ts";
export type { Call, CallRecord } from "./src/call/record.ts";
export type { Codec, Encoded, MaybePromise } from "./src/codec/types.ts";
export { loadConfig, openCache } from "./src/config/active_config.ts";
export type { Config, LoadConfigOptions } from "./src/config/load_config.ts";
export { registerMetadata } from "./src/config/metadata_types.ts";
export type {
  CacheSettings,
  DefaultSettings,
  Settings,
  StorageSetting,
  StorageSettings,
} from "./src/config/settings.ts";
export { registerStorage } from "./src/config/storage_types.ts";
export type {
  OpenedOption,
  OpenedOptions,
  StorageOptionKind,
  StorageOptionValues,
  StorageRole,
  StorageType,
  StorageTypeOption,
  StorageTypeOptions,
  StorageUse,
} from "./src/config/types.ts";
export { digest } from "./src/digest/digest.ts";
export { digestSymbol } from "./src/digest/digest_symbol.ts";
export {
  CacheError,
  CacheMissError,
  CodecError,
  ConfigError,
  DigestError,
  IntegrityError,
} from "./src/errors.ts";
export type { CacheErrorCode, CodecErrorCode, ConfigErrorCode, MissReason } from "./src/errors.ts";
export { Events } from "./src/events/events.ts";
export type { CacheEventListener } from "./src/events/events.ts";
export type {
  CacheEvent,
  CacheEventBase,
  CallEventBase,
  CallMissReason,
  EvictEvent,
  EvictReason,
  HitEvent,
  MissEvent,
  PutEvent,
  StoragePart,
  WarningEvent,
} from "./src/events/types.ts";
export { CallInfo } from "./src/metadata/call_info.ts";
export { Environment } from "./src/metadata/environment.ts";
export { Git } from "./src/metadata/git.ts";
export { Runtime } from "./src/metadata/runtime.ts";
export { Tags } from "./src/metadata/tags.ts";
export type { CallInfoInput, Json, JsonObject, Metadata } from "./src/metadata/types.ts";
export { cache, meta, tags } from "./src/scope/active.ts";
export type { CacheFunction } from "./src/scope/active.ts";
export type { Scope } from "./src/scope/scoped_setting.ts";
export { registerClass } from "./src/codec/pickle/register_class.ts";
export type { ClassRegistration } from "./src/codec/pickle/register_class.ts";
export { PickleObject } from "./src/codec/pickle_object.ts";
export type { PickleObjectKind, PickleObjectParts } from "./src/codec/pickle_object.ts";
export { StoredFunction } from "./src/codec/pickle/stored_function.ts";
export { BagOfHoldingH5File } from "./src/storage/bag_of_holding_h5_file.ts";
export type { BagOfHoldingH5FileOptions } from "./src/storage/bag_of_holding_h5_file.ts";
export { CborFile } from "./src/storage/cbor_file.ts";
export type { CborFileOptions } from "./src/storage/cbor_file.ts";
export { CloudpickleFile } from "./src/storage/cloudpickle_file.ts";
export type { CloudpickleFileOptions } from "./src/storage/cloudpickle_file.ts";
export { CodecFile } from "./src/storage/codec_file.ts";
export type { FileStorageOptions } from "./src/storage/codec_file.ts";
export { CompressedStorage } from "./src/storage/compressed_storage.ts";
export type { CompressedStorageOptions } from "./src/storage/compressed_storage.ts";
export type { Compression } from "./src/storage/compression/compression.ts";
export { DillFile } from "./src/storage/dill_file.ts";
export type { DillFileOptions } from "./src/storage/dill_file.ts";
export { Memory } from "./src/storage/memory.ts";
export type { MemoryOptions } from "./src/storage/memory.ts";
export { PickleFile } from "./src/storage/pickle_file.ts";
export type { PickleFileOptions } from "./src/storage/pickle_file.ts";
export { parseSqlUrl } from "./src/storage/sql/parse_sql_url.ts";
export type { SqlLocation } from "./src/storage/sql/parse_sql_url.ts";
export { Sql } from "./src/storage/sql.ts";
export type { SqlOptions } from "./src/storage/sql.ts";
export type {
  ByteRange,
  CallIndex,
  Draft,
  Durability,
  EntryInfo,
  Health,
  Lease,
  Leases,
  PutOptions,
  SmallReads,
  Storage,
  StorageEvent,
  StorageOptions,
  StoredBody,
  Upkeep,
} from "./src/storage/types.ts";
export type { StreamForm, StreamOptions, StreamOutcome, StreamProgress } from "./src/stream/types.ts";
export { VoidStorage } from "./src/storage/void_storage.ts";
export { version } from "./src/version.ts";
export { fleche } from "./src/wrapper/fleche.ts";
export type { CachedMethodDecorator } from "./src/wrapper/fleche.ts";
export type {
  Asynchronous,
  CachedFunction,
  CachedHelpers,
  CachedNamespace,
  CachedResult,
  Callable,
  FlecheOptions,
  ParameterReference,
} from "./src/wrapper/options.ts";
export type { ExplainedHit, ExplainedMiss, Explanation } from "./src/wrapper/explain.ts";
export type { StoredResult } from "./src/wrapper/stored_result.ts";
