/** The HDF5 codec on bytes alone, for tests: what is large comes as a stream otherwise. */
import assert from "node:assert/strict";
import { hdf5Codec } from "../../../src/codec/hdf5/hdf5_codec.ts";
import type { Codec } from "../../../src/codec/types.ts";

/** The codec that tests use. */
export const codec: Codec = hdf5Codec();

/** A value's file, which is small. */
export function encoded(value: unknown): Uint8Array<ArrayBuffer> {
  const bytes = codec.encode(value);
  assert.ok(bytes instanceof Uint8Array, "encode answers at once");
  return bytes;
}

/** A value's file of any size. */
export async function encodedWhole(value: unknown): Promise<Uint8Array<ArrayBuffer>> {
  const body = await codec.encode(value);
  return body instanceof Uint8Array ? body : new Uint8Array(await new Response(body).arrayBuffer());
}

/** A value written and read. */
export function roundTrip(value: unknown): unknown {
  return codec.decode(encoded(value));
}
