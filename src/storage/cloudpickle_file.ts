/**
 * The storage of pickles that hold more than plain data, named as in the seed of this module.
 *
 * @module
 */

import { loadCode } from "../_load.ts";
import { lazyCodec } from "../codec/lazy_codec.ts";
import { standIn } from "../codec/pickle/stand_in.ts";
import { CodecFile, type FileStorageOptions } from "./codec_file.ts";

/** Options of {@linkcode CloudpickleFile}. */
export interface CloudpickleFileOptions extends FileStorageOptions {
  /**
   * Whether functions that were kept are functions again when they are read. Their source is evaluated then: whoever can write
   * to the folder runs code in this process.
   *
   * @default {false}
   */
  readonly trustCode?: boolean;
}

/**
 * Keeps values as pickles that hold more than plain data, a file each, below `root`: instances of classes known to
 * `registerClass`, functions by their source, errors, RegExp, URL, Blob and registered symbols as well. Plain data is byte for byte
 * what `PickleFile` writes.
 *
 * A function that was kept is read as a `StoredFunction`, unless `trustCode` is set.
 *
 * @example An error as a result
 * ```ts
 * import { Cache, cache, CloudpickleFile, fleche, Memory } from "@fleche/fleche";
 *
 * const root = await Deno.makeTempDir();
 * const mine = new Cache({ values: new CloudpickleFile({ root }), calls: new Memory() });
 * const check = fleche((n: number) => n < 0 ? new RangeError("negative") : undefined, { name: "check" });
 * await cache(mine, () => check(-1));
 * const again = await cache(mine, () => check(-1)); // from the file
 * console.assert(again instanceof RangeError && again.message === "negative");
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export class CloudpickleFile extends CodecFile {
  /**
   * Names the folder; nothing is read or created yet.
   *
   * @param options Where the files are, and whether to trust code in them.
   * @throws {TypeError} When `root` is empty.
   */
  constructor(options: CloudpickleFileOptions) {
    const { trustCode = false } = options;
    super(
      options,
      ".cloudpickle",
      lazyCodec("cloudpickle", async () => {
        const { cloudpickleCodec } = await loadCode(() => import("../codec/pickle/cloudpickle_codec.ts"));
        return cloudpickleCodec({ trustCode });
      }, standIn),
    );
  }
}
