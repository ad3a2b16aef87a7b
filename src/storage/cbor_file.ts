/**
 * The native file storage: values as CBOR, each in a file of its own.
 *
 * @module
 */

import { cborCodec } from "../codec/cbor/cbor_codec.ts";
import { CodecFile, type FileStorageOptions } from "./codec_file.ts";

/** Options of {@linkcode CborFile}. */
export type CborFileOptions = FileStorageOptions;

/**
 * Keeps values as CBOR, a file each, below `root`.
 *
 * A file is written under a temporary name and renamed when it is whole; every byte is covered by a checksum that is
 * verified before the byte is delivered; a damaged file is set aside and is a miss. Under Deno it needs
 * `--allow-read=<root> --allow-write=<root>` and nothing else.
 *
 * @example Keeping and reading a stream
 * ```ts
 * import { CborFile } from "@fleche/fleche";
 *
 * const root = await Deno.makeTempDir();
 * const storage = new CborFile({ root });
 * await storage.put("greeting", new Blob(["hello"]).stream());
 * const body = await storage.get("greeting");
 * console.assert(await new Response(body?.stream()).text() === "hello");
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export class CborFile extends CodecFile {
  /**
   * Names the folder; nothing is read or created yet.
   *
   * @param options Where the files are.
   * @throws {TypeError} When `root` is empty.
   */
  constructor(options: CborFileOptions) {
    super(options, ".cbor", cborCodec);
  }
}
