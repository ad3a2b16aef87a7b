/** Writes and reads a value of bytes, long arrays and records, as bytes and as a stream. */
import { hdf5Codec } from "../../../../src/codec/hdf5/hdf5_codec.ts";

const codec = hdf5Codec();
const records = Array.from({ length: 100 }, (_, i) => ({ i, name: `name ${i}` }));
const shaped = Object.assign(new Float64Array(300), { shape: [30, 10] });
for (const value of [{ records, shaped, when: new Date(0) }, new Float64Array(300_000)]) {
  await codec.decode(await codec.encode(value));
}
process.stdout.write("read");
