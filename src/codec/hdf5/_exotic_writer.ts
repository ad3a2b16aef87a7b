/**
 * Objects other than arrays, plain objects, Maps and Sets into nodes, chosen by their prototype: what is no built-in that a reader
 * can restore is refused, never flattened.
 *
 * @module
 */

// `as` here: an object is taken for what its prototype says; every method used checks that itself and throws. Forms are
// made of leaves and arrays of texts.

import { formOf } from "../_forms.ts";
import { bytesOf } from "../_byte_view.ts";
import { elementBytes, fixedView, onlyStrings } from "../_own_properties.ts";
import { className, refusalOf } from "../_refusal.ts";
import { NUMERIC_TYPES, type NumericType } from "./_datatype_writer.ts";
import { writeError } from "./_error_writer.ts";
import { ARRAY_CONTENT, CONTENT, CONTENT_TYPE, KIND, KINDS } from "./_format.ts";
import { writeGroup } from "./_group_writer.ts";
import { isLeaf, kindOf, type Leaf, MOST_ELEMENT_BYTES, writeLeaf, writeObjectLeaf } from "./_leaf_writer.ts";
import { arrayForm, elementType } from "./_typed_arrays.ts";
import type { Place, ValueWriter } from "./_value_writer.ts";

/**
 * Writes an object that is no array, plain object, Map or Set.
 *
 * @returns The node's address.
 * @throws {CodecError} code `unencodable`, when it is of no kind that can be restored.
 */
export function writeExotic(writer: ValueWriter, object: object, place: Place): number {
  const { depth } = place;
  const prototype: object | null = Object.getPrototypeOf(object);
  if (prototype === null) {
    if (Object.getOwnPropertySymbols(object).length > 0) writer.refuse(depth, refusalOf(object));
    const attributes = { [KIND]: KINDS.nullPrototype };
    return writer.properties(object, place, { keys: Object.keys(object), attributes });
  }
  const type = elementType(prototype);
  if (type !== undefined) return writeTypedArray(writer, object, { type, depth });
  const address = writeError(writer, object, place);
  if (address !== undefined) return address;
  const form = formOf(object, writer, depth);
  if (form === undefined) writer.refuse(depth, refusalOf(object));
  const [only] = form.args;
  if (only instanceof Uint8Array) checkSize(writer, only, depth);
  return writeForm(writer, form.name, form.args);
}

function writeTypedArray(
  writer: ValueWriter,
  object: object,
  options: { readonly type: NumericType; readonly depth: number },
): number {
  const { depth } = options;
  const { type, shape } = arrayForm(writer, object, options);
  const { length } = object as ArrayLike<unknown>;
  const name = className(object);
  if (shape === undefined && name === "Uint8Array") {
    return writeBytes(writer, elementBytes(writer, object, depth), depth);
  }
  if (shape !== undefined) onlyStrings(writer, object, depth);
  const elements = shape === undefined ? elementBytes(writer, object, depth) : bytesOf(fixedView(object));
  return writer.out.array(NUMERIC_TYPES[type], shape ?? [length], elements, {
    [CONTENT_TYPE]: ARRAY_CONTENT,
    qualname: "ndarray",
    module: "numpy",
    // Python's arrays come back with a shape, ours without one, unless they had it.
    [KIND]: shape === undefined || name === "Uint8ClampedArray"
      ? `${name}${shape === undefined ? "" : ".shape"}`
      : undefined,
  });
}

function writeBytes(writer: ValueWriter, bytes: Uint8Array, depth: number): number {
  checkSize(writer, bytes, depth);
  return writeLeaf(writer.out, bytes);
}

function checkSize(writer: ValueWriter, bytes: Uint8Array, depth: number): void {
  if (bytes.length > MOST_ELEMENT_BYTES) {
    writer.refuse(
      depth,
      "it has more bytes than HDF5 can keep as one; a typed array of another kind would work",
    );
  }
}

/** Writes a built-in object by its name and what it is made of: alone where that is one thing, else as a tuple. */
function writeForm(writer: ValueWriter, name: string, args: readonly unknown[]): number {
  const [only] = args;
  const attributes = { [CONTENT_TYPE]: `${CONTENT}Tuple`, [KIND]: name };
  if (args.length === 1 && isFormLeaf(only) && kindOf(only) === undefined) {
    return writeObjectLeaf(writer.out, only, name);
  }
  return writeGroup(
    writer.out,
    args.map((arg, i) => ({
      name: `i${i}`,
      address: Array.isArray(arg) ? writeTexts(writer, arg) : writeLeaf(writer.out, arg as Leaf),
    })),
    attributes,
  );
}

function isFormLeaf(value: unknown): value is Leaf {
  return isLeaf(value) || value instanceof Uint8Array;
}

/** Writes a header, the one form that is made of texts. */
function writeTexts(writer: ValueWriter, texts: readonly unknown[]): number {
  const links = texts.map((text, i) => ({ name: `i${i}`, address: writeLeaf(writer.out, String(text)) }));
  return writeGroup(writer.out, links, { [CONTENT_TYPE]: `${CONTENT}Tuple` });
}
