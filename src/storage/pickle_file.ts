/**
 * The storage of pickles: plain data in files that Python reads as its own.
 *
 * @module
 */

import { loadCode } from "../_load.ts";
import { lazyCodec } from "../codec/lazy_codec.ts";
import { CodecFile, type FileStorageOptions } from "./codec_file.ts";

/** Options of {@linkcode PickleFile}. */
export type PickleFileOptions = FileStorageOptions;

/**
 * Keeps values as pickles, a file each, below `root`.
 *
 * Python reads a file with `pickle.load`: arrays as lists, objects as dicts, typed arrays as numpy's, Dates as aware
 * datetimes. It holds plain data only; `CloudpickleFile` holds more. See `src/codec/pickle/README.md` for what is written
 * how. Reading runs nothing.
 *
 * @example A Map that Python will see as a dict
 * ```ts
 * import { Cache, cache, fleche, Memory, PickleFile } from "@fleche/fleche";
 *
 * const root = await Deno.makeTempDir();
 * const mine = new Cache({ values: new PickleFile({ root }), calls: new Memory() });
 * const squares = fleche((n: number) => new Map([[n, n * n]]), { name: "squares" });
 * await cache(mine, () => squares(7));
 * const again = await cache(mine, () => squares(7)); // from the file
 * console.assert(again.get(7) === 49);
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export class PickleFile extends CodecFile {
  /**
   * Names the folder; nothing is read or created yet.
   *
   * @param options Where the files are.
   * @throws {TypeError} When `root` is empty.
   */
  constructor(options: PickleFileOptions) {
    super(
      options,
      ".pickle",
      lazyCodec(
        "pickle",
        async () => (await loadCode(() => import("../codec/pickle/pickle_codec.ts"))).pickleCodec,
      ),
    );
  }
}
