/**
 * Encodes a Float64Array of 256 MiB and reads what comes of it to its end, keeping nothing. Prints the bytes that came
 * and how far memory rose above what the array itself takes.
 */
import { hdf5Codec } from "../../../../src/codec/hdf5/hdf5_codec.ts";

const MIB = 1024 * 1024;
const array = new Float64Array(256 * MIB / 8);
for (let i = 0; i < array.length; i++) array[i] = i;
const codec = hdf5Codec();
await codec.encode([1, "warm"]);

const before = process.memoryUsage.rss();
let peak = before;
let size = 0;
const body = await codec.encode(array);
if (body instanceof Uint8Array) size = body.length;
else {
  const reader = body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    peak = Math.max(peak, process.memoryUsage.rss());
  }
}
peak = Math.max(peak, process.memoryUsage.rss());
process.stdout.write(JSON.stringify({ size, risenMib: Math.round((peak - before) / MIB) }));
