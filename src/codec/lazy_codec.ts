/**
 * A codec whose code is loaded when it is first used, as that of storages is.
 *
 * @module
 */

import type { Codec } from "./types.ts";

/**
 * Passes everything on to a codec that is loaded on first use; from then on it answers as that codec does.
 *
 * @param name The codec's name.
 * @param load Loads the code and gives the codec.
 * @param standIn The codec's own, where it has one: it is asked before the codec is loaded.
 */
export function lazyCodec(name: string, load: () => Promise<Codec>, standIn?: Codec["standIn"]): Codec {
  let codec: Codec | undefined;
  let loading: Promise<Codec> | undefined;
  const loaded = (): Promise<Codec> =>
    loading ??= load().then((found) => codec = found, (error) => {
      loading = undefined;
      throw error;
    });
  return {
    name,
    encode: (value) => codec?.encode(value) ?? loaded().then((found) => found.encode(value)),
    // A value may be undefined: it is the codec that is asked for, not what it gives.
    decode: (body) => codec === undefined ? loaded().then((found) => found.decode(body)) : codec.decode(body),
    ...standIn === undefined ? {} : { standIn },
  };
}
