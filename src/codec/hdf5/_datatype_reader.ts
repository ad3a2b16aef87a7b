/**
 * HDF5's descriptions of types: those that Python's values are written with. Others are refused.
 *
 * @module
 */

import type { FileBytes } from "./_file_bytes.ts";
import {
  CLASS_COMPLEX,
  CLASS_COMPOUND,
  CLASS_ENUM,
  CLASS_FLOAT,
  CLASS_INTEGER,
  CLASS_OPAQUE,
  CLASS_STRING,
  CLASS_VARIABLE,
} from "./_format.ts";
import { unusual } from "./_malformed.ts";
import type { ElementType } from "./_node.ts";

/** Where the exponent and its bias are in floats of IEEE 754, by their bytes. */
const FLOATS: Readonly<Record<number, string>> = {
  2: "0 16 10 5 0 10 15",
  4: "0 32 23 8 0 23 127",
  8: "0 64 52 11 0 52 1023",
};

/** The description at an address. */
export function readType(file: FileBytes, at: number): ElementType {
  const kind = file.u8(at) & 0x0f;
  const flags = file.u8(at + 1);
  const size = file.u32(at + 4);
  const plain = { size, signed: false, bigEndian: false };
  switch (kind) {
    case CLASS_INTEGER:
      if (![1, 2, 4, 8].includes(size) || file.u16(at + 8) !== 0 || file.u16(at + 10) !== size * 8) break;
      return { kind: "integer", size, signed: (flags & 8) !== 0, bigEndian: (flags & 1) !== 0 };
    case CLASS_FLOAT: {
      const layout = [
        ...[file.u16(at + 8), file.u16(at + 10), file.u8(at + 12), file.u8(at + 13)],
        ...[file.u8(at + 14), file.u8(at + 15), file.u32(at + 16)],
      ];
      if (FLOATS[size] !== layout.join(" ") || file.u8(at + 2) !== size * 8 - 1 || (flags & 0x40) !== 0) {
        break;
      }
      return { ...plain, kind: "float", bigEndian: (flags & 1) !== 0 };
    }
    case CLASS_STRING:
      return { ...plain, kind: "fixed text" };
    case CLASS_OPAQUE:
      return { ...plain, kind: "opaque" };
    case CLASS_VARIABLE:
      if ((flags & 0x0f) !== 1 || size !== 16) break;
      return { ...plain, kind: "variable text" };
    case CLASS_ENUM:
      if (!isBoolean(file, at)) break;
      return { ...plain, kind: "boolean" };
    case CLASS_COMPOUND:
      return readCompound(file, at);
    case CLASS_COMPLEX:
      return complexOf(readType(file, at + 8), { size, at });
  }
  unusual(`elements of class ${kind} and ${size} bytes`, at);
}

/** Whether an enumeration is h5py's of booleans: FALSE and TRUE, over one byte. */
function isBoolean(file: FileBytes, at: number): boolean {
  if (file.u16(at + 1) !== 2 || readType(file, at + 8).size !== 1) return false;
  const padding = file.u8(at) >> 4 < 3 ? 8 : 1;
  const names = ["FALSE\0", "TRUE\0"].map((name) =>
    name.padEnd(Math.ceil(name.length / padding) * padding, "\0")
  )
    .join("");
  return file.text(at + 20, names.length) === names && file.u16(at + 20 + names.length) === 0x0100;
}

/** The two floats `r` and `i`, which h5py takes for complex numbers. */
function readCompound(file: FileBytes, at: number): ElementType {
  const size = file.u32(at + 4);
  // Name, offset, type; in an older version of the description names are padded, and offsets have four bytes.
  const old = file.u8(at) >> 4 < 3;
  const [nameBytes, offsetBytes] = old ? [8, 4] : [2, 1];
  const memberBytes = nameBytes + offsetBytes + 20;
  const isOne = file.u8(at) >> 4 > 1 && file.u16(at + 1) === 2 && size <= 16 &&
    file.text(at + 8, 2) === "r\0" && file.text(at + 8 + memberBytes, 2) === "i\0" &&
    file.uint(at + 8 + nameBytes, offsetBytes) === 0 &&
    file.uint(at + 8 + memberBytes + nameBytes, offsetBytes) === size / 2;
  if (!isOne) unusual("compound elements", at);
  const part = readType(file, at + 8 + nameBytes + offsetBytes);
  const other = readType(file, at + 8 + memberBytes + nameBytes + offsetBytes);
  if (part.bigEndian !== other.bigEndian || part.size !== other.size) {
    unusual("complex numbers of two types", at);
  }
  return complexOf(part, { size, at });
}

function complexOf(part: ElementType, whole: { readonly size: number; readonly at: number }): ElementType {
  if (part.kind !== "float" || part.size * 2 !== whole.size || part.size === 2) {
    unusual("complex numbers that are not two floats", whole.at);
  }
  return { ...part, kind: "complex", size: whole.size };
}
