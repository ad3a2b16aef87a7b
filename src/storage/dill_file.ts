/**
 * The storage that the seed of this module names after Python's dill.
 *
 * @module
 */

import { loadCode } from "../_load.ts";
import { lazyCodec } from "../codec/lazy_codec.ts";
import { standIn } from "../codec/pickle/stand_in.ts";
import { CodecFile, type FileStorageOptions } from "./codec_file.ts";

/** Options of {@linkcode DillFile}. */
export interface DillFileOptions extends FileStorageOptions {
  /**
   * Whether functions that were kept are functions again when they are read. Their source is evaluated then: whoever can write
   * to the folder runs code in this process.
   *
   * @default {false}
   */
  readonly trustCode?: boolean;
}

/**
 * Keeps values as `CloudpickleFile` does, in files of its own.
 *
 * In Python, cloudpickle and dill differ in how they take functions and classes apart. JavaScript has one way, the source;
 * so here the two differ in nothing but the suffix of their files, and either reads what Python's cloudpickle and dill
 * wrote.
 *
 * @example Keeping and reading bytes
 * ```ts
 * import { DillFile } from "@fleche/fleche";
 *
 * const root = await Deno.makeTempDir();
 * const storage = new DillFile({ root });
 * await storage.put("greeting", new TextEncoder().encode("hello"));
 * console.assert((await storage.get("greeting"))?.size === 5);
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export class DillFile extends CodecFile {
  /**
   * Names the folder; nothing is read or created yet.
   *
   * @param options Where the files are, and whether to trust code in them.
   * @throws {TypeError} When `root` is empty.
   */
  constructor(options: DillFileOptions) {
    const { trustCode = false } = options;
    super(
      options,
      ".dill",
      lazyCodec("dill", async () => {
        const { cloudpickleCodec } = await loadCode(() => import("../codec/pickle/cloudpickle_codec.ts"));
        return cloudpickleCodec({ trustCode });
      }, standIn),
    );
  }
}
