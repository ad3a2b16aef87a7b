/**
 * The storage of HDF5 files: values that h5py and Python's bagofholding open.
 *
 * @module
 */

import { loadCode } from "../_load.ts";
import { lazyCodec } from "../codec/lazy_codec.ts";
import { CodecFile, type FileStorageOptions } from "./codec_file.ts";

/** Options of {@linkcode BagOfHoldingH5File}. */
export interface BagOfHoldingH5FileOptions extends FileStorageOptions {
  /**
   * Version of Python's `bagofholding` that is to read the files: it refuses those of any other.
   *
   * @default {"0.1.16"}
   */
  readonly bagofholdingVersion?: string;
}

/**
 * Keeps values as HDF5, a file each, below `root`, in the layout of Python's `bagofholding`: typed arrays are native datasets with
 * dtype and shape, everything else is groups and scalars. See `src/codec/hdf5/README.md`.
 *
 * @example A measurement that h5py can open
 * ```ts
 * import { BagOfHoldingH5File, Cache, cache, fleche, Memory } from "@fleche/fleche";
 *
 * const root = await Deno.makeTempDir();
 * const mine = new Cache({ values: new BagOfHoldingH5File({ root }), calls: new Memory() });
 * const wave = fleche((n: number) => ({ n, y: Float64Array.from({ length: n }, (_, i) => Math.sin(i)) }), { name: "wave" });
 * await cache(mine, () => wave(100));
 * const again = await cache(mine, () => wave(100)); // from the file
 * console.assert(again.y.length === 100);
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export class BagOfHoldingH5File extends CodecFile {
  /**
   * Names the folder; nothing is read or created yet.
   *
   * @param options Where the files are, and for which version of bagofholding.
   * @throws {TypeError} When `root` is empty.
   */
  constructor(options: BagOfHoldingH5FileOptions) {
    const { bagofholdingVersion } = options;
    super(
      options,
      ".h5",
      lazyCodec("hdf5", async () => {
        const { hdf5Codec } = await loadCode(() => import("../codec/hdf5/hdf5_codec.ts"));
        return hdf5Codec(bagofholdingVersion === undefined ? {} : { bagofholdingVersion });
      }),
    );
  }
}
