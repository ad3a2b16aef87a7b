/**
 * HDF5's descriptions of types, as bytes: those that h5py writes for the same values.
 *
 * @module
 */

import {
  CLASS_COMPOUND,
  CLASS_ENUM,
  CLASS_FLOAT,
  CLASS_INTEGER,
  CLASS_OPAQUE,
  CLASS_VARIABLE,
} from "./_format.ts";

/** A type's description, and the bytes of one element. */
export interface TypeBytes {
  readonly description: readonly number[];
  readonly size: number;
}

/** An integer of so many bytes. */
function integer(size: number, signed: boolean): TypeBytes {
  return {
    description: [0x10 | CLASS_INTEGER, signed ? 8 : 0, 0, 0, size, 0, 0, 0, 0, 0, size * 8, 0],
    size,
  };
}

/** An IEEE float of so many bytes. */
function float(size: 2 | 4 | 8): TypeBytes {
  const [exponentAt, exponentBits, bias] = { 2: [10, 5, 15], 4: [23, 8, 127], 8: [52, 11, 1023] }[size];
  return {
    // Sign in the highest bit, then the exponent, then the mantissa with its first bit implied.
    description: [
      ...[0x10 | CLASS_FLOAT, 0x20, size * 8 - 1, 0, size, 0, 0, 0, 0, 0, size * 8, 0],
      ...[exponentAt ?? 0, exponentBits ?? 0, 0, exponentAt ?? 0, (bias ?? 0) & 0xff, (bias ?? 0) >> 8, 0, 0],
    ],
    size,
  };
}

/** What numpy and h5py take for complex numbers: two floats named r and i. */
function complex(part: TypeBytes): TypeBytes {
  const { description, size } = part;
  return {
    description: [
      ...[0x30 | CLASS_COMPOUND, 2, 0, 0, size * 2, 0, 0, 0],
      ...[0x72, 0, 0, ...description, 0x69, 0, size, ...description],
    ],
    size: size * 2,
  };
}

/** Name of a numeric type, as numpy has it. */
export type NumericType =
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float16"
  | "float32"
  | "float64"
  | "complex64"
  | "complex128"
  | "bool";

/** The types of numeric arrays. */
export const NUMERIC_TYPES: Readonly<Record<NumericType, TypeBytes>> = {
  int8: integer(1, true),
  uint8: integer(1, false),
  int16: integer(2, true),
  uint16: integer(2, false),
  int32: integer(4, true),
  uint32: integer(4, false),
  int64: integer(8, true),
  uint64: integer(8, false),
  float16: float(2),
  float32: float(4),
  float64: float(8),
  complex64: complex(float(4)),
  complex128: complex(float(8)),
  /** What h5py takes for booleans: FALSE and TRUE over a signed byte. */
  bool: {
    description: [
      ...[0x30 | CLASS_ENUM, 2, 0, 0, 1, 0, 0, 0, ...integer(1, true).description],
      ...[0x46, 0x41, 0x4c, 0x53, 0x45, 0, 0x54, 0x52, 0x55, 0x45, 0, 0, 1],
    ],
    size: 1,
  },
};

/** Text of variable length in UTF-8. */
export const TEXT_TYPE: TypeBytes = {
  description: [0x10 | CLASS_VARIABLE, 1, 1, 0, 16, 0, 0, 0, ...integer(1, false).description],
  size: 16,
};

/** Bytes of variable length, which h5py takes for bytes: for none of them. */
export const EMPTY_BYTES_TYPE: TypeBytes = {
  description: [0x10 | CLASS_VARIABLE, 1, 0, 0, 16, 0, 0, 0, ...integer(1, false).description],
  size: 16,
};

/** So many bytes without a meaning, as one element. */
export function opaque(size: number): TypeBytes {
  return {
    description: [
      ...[0x10 | CLASS_OPAQUE, 0, 0, 0],
      ...[size & 0xff, (size >>> 8) & 0xff, (size >>> 16) & 0xff, size >>> 24],
    ],
    size,
  };
}
