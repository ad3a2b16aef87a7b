/**
 * Datasets and groups as HDF5's objects: a header of messages each, with its attributes. Everything is written behind
 * what it refers to, so that the file grows at its end only.
 *
 * @module
 */

import { ByteBuilder, NOWHERE } from "./_byte_builder.ts";
import { NUMERIC_TYPES, TEXT_TYPE, type TypeBytes } from "./_datatype_writer.ts";
import { FileWriter } from "./_file_writer.ts";
import {
  type AttributeValue,
  CONTENT,
  CONTENT_TYPE,
  INDEX_IMPLICIT,
  LAYOUT_CHUNKED,
  LAYOUT_COMPACT,
  LAYOUT_CONTIGUOUS,
  MESSAGE_ATTRIBUTE,
  MESSAGE_DATASPACE,
  MESSAGE_DATATYPE,
  MESSAGE_FILL_VALUE,
  MESSAGE_LAYOUT,
  SIGNATURE,
  SPACE_NULL,
  SPACE_SCALAR,
  SPACE_SIMPLE,
  SUPERBLOCK_BYTES,
} from "./_format.ts";
import { chunkRows } from "./_layout.ts";
import { TextHeapWriter, type TextPlace } from "./_text_heap_writer.ts";

/** What a node says of itself beside its content. */
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

/** Elements up to so many bytes stand in the header itself. */
const COMPACT_BYTES = 1024;

/** Marks a message that is not to be changed. */
const CONSTANT = 1;

/** Bytes of a header before its first message. */
const PREFIX_BYTES = 10;

/** Up to so many attributes are remembered as they were written. */
const MOST_SAID = 100;

/** Writes objects into a file. */
export class ObjectWriter {
  /** The file. */
  readonly file: FileWriter = new FileWriter();
  /** What is being written. */
  readonly block: ByteBuilder = new ByteBuilder();
  readonly #texts: TextHeapWriter = new TextHeapWriter(this.file);
  readonly #superblock: Uint8Array = this.file.reserve(SUPERBLOCK_BYTES);
  /** Attributes as they were written. */
  readonly #said = new Map<string, Uint8Array>();

  /** Puts a text on the heap. */
  text(text: string): TextPlace {
    return this.#texts.place(text);
  }

  /**
   * Writes a dataset that has no elements (a null dataspace).
   *
   * @returns Its address.
   */
  nothing(attributes: Attributes): number {
    this.begin();
    this.#typeAndSpace(NUMERIC_TYPES.float32, SPACE_NULL, []);
    this.#message(MESSAGE_LAYOUT, 0, 18);
    this.block.u8(3).u8(LAYOUT_CONTIGUOUS).u64(NOWHERE).u64(0);
    return this.end(attributes);
  }

  /**
   * Writes what leads to a node that was written, or is being written.
   *
   * @param path The node's path, without a slash in front.
   * @returns The address of what leads there.
   */
  reference(path: string): number {
    return this.scalar(TEXT_TYPE, this.text(path), { [CONTENT_TYPE]: `${CONTENT}Reference` });
  }

  /**
   * Writes a dataset of one element.
   *
   * @param element Its bytes, or a text on the heap.
   * @returns Its address.
   */
  scalar(type: TypeBytes, element: Uint8Array | TextPlace, attributes: Attributes): number {
    const inside = !(element instanceof Uint8Array) || element.length <= COMPACT_BYTES;
    const address = inside ? NOWHERE : this.file.append(element);
    this.begin();
    this.#typeAndSpace(type, SPACE_SCALAR, []);
    if (!inside) this.#contiguous(address, element.length);
    else {
      this.#message(MESSAGE_LAYOUT, 0, 4 + type.size);
      this.block.u8(3).u8(LAYOUT_COMPACT).u16(type.size);
      if (element instanceof Uint8Array) this.block.raw(element);
      else this.#place(element);
    }
    return this.end(attributes);
  }

  /**
   * Writes an array.
   *
   * @param elements Its bytes in C order, little-endian.
   * @returns Its address.
   */
  array(type: TypeBytes, shape: readonly number[], elements: Uint8Array, attributes: Attributes): number {
    const rows = chunkRows(shape, type.size);
    const address = elements.length === 0 ? NOWHERE : this.file.append(elements);
    if (rows !== undefined) {
      // The last chunk is as long as the others.
      const rowBytes = elements.length / (shape[0] ?? 1);
      this.file.reserve((Math.ceil((shape[0] ?? 0) / rows) * rows - (shape[0] ?? 0)) * rowBytes);
    }
    this.begin();
    this.#typeAndSpace(type, shape.length === 0 ? SPACE_SCALAR : SPACE_SIMPLE, shape);
    if (rows === undefined) this.#contiguous(address, elements.length);
    else {
      const extents = [rows, ...shape.slice(1), type.size];
      // As few bytes for each as the largest needs; HDF5 takes no more.
      const width = Math.floor(Math.log2(Math.max(...extents)) / 8) + 1;
      this.#message(MESSAGE_LAYOUT, 0, 14 + width * extents.length);
      this.block.u8(4).u8(LAYOUT_CHUNKED).u8(0).u8(extents.length).u8(width);
      for (const extent of extents) {
        for (let i = 0; i < width; i++) this.block.u8((extent >>> (8 * i)) & 0xff);
      }
      this.block.u8(INDEX_IMPLICIT).u64(address);
    }
    return this.end(attributes);
  }

  /** Begins an object's header. */
  begin(): void {
    this.block.clear().raw([0x4f, 0x48, 0x44, 0x52, 2, 2]).u32(0);
  }

  /** Begins a message of an object's header that has `length` bytes. */
  message(kind: number, length: number): ByteBuilder {
    this.#message(kind, 0, length);
    return this.block;
  }

  /**
   * Ends an object's header with its attributes.
   *
   * @returns The object's address.
   */
  end(attributes: Attributes): number {
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== undefined) this.#attribute(name, value);
    }
    this.block.setU32(PREFIX_BYTES - 4, this.block.length - PREFIX_BYTES).sum();
    return this.file.append(this.block.bytes);
  }

  /**
   * Writes what stands at the file's beginning.
   *
   * @param root Address of the root group.
   */
  finish(root: number): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#texts.finish();
    this.block.clear().raw(SIGNATURE).raw([3, 8, 8, 0]).u64(0).u64(NOWHERE).u64(this.file.size).u64(root)
      .sum();
    this.#superblock.set(this.block.bytes);
    return this.file.finish();
  }

  #message(kind: number, flags: number, length: number): void {
    this.block.u8(kind).u16(length).u8(flags);
  }

  #typeAndSpace(type: TypeBytes, space: number, shape: readonly number[]): void {
    this.#message(MESSAGE_DATASPACE, 0, 4 + 8 * shape.length);
    this.block.u8(2).u8(shape.length).u8(0).u8(space);
    for (const extent of shape) this.block.u64(extent);
    this.#message(MESSAGE_DATATYPE, CONSTANT, type.description.length);
    this.block.raw(type.description);
    // Room is there from the beginning, and is filled if a value to fill it with is set: none is.
    this.#message(MESSAGE_FILL_VALUE, CONSTANT, 2);
    this.block.u8(3).u8(0b1001);
  }

  #contiguous(address: number, length: number): void {
    this.#message(MESSAGE_LAYOUT, 0, 18);
    this.block.u8(3).u8(LAYOUT_CONTIGUOUS).u64(address).u64(length);
  }

  #place({ length, address, index }: TextPlace): void {
    this.block.u32(length).u64(Math.max(address, 0)).u32(index);
  }

  #attribute(name: string, value: AttributeValue): void {
    // Thousands of nodes say the same of themselves.
    const key = `${name} ${typeof value} ${value}`;
    const known = this.#said.get(key);
    if (known !== undefined) {
      this.block.raw(known);
      return;
    }
    const start = this.block.length;
    this.#newAttribute(name, value);
    if (this.#said.size < MOST_SAID) this.#said.set(key, this.block.bytes.slice(start));
  }

  #newAttribute(name: string, value: AttributeValue): void {
    const type = typeof value === "string"
      ? TEXT_TYPE
      : typeof value === "number"
      ? NUMERIC_TYPES.int64
      : NUMERIC_TYPES.bool;
    const place = typeof value === "string" ? this.text(value) : undefined;
    const { length } = type.description;
    this.#message(MESSAGE_ATTRIBUTE, 0, 9 + name.length + 1 + length + 4 + type.size);
    this.block.u8(3).u8(0).u16(name.length + 1).u16(length).u16(4).u8(0).text(name).u8(0);
    this.block.raw(type.description).u8(2).u8(0).u8(0).u8(SPACE_SCALAR);
    if (place !== undefined) this.#place(place);
    else if (typeof value === "number") this.block.i64(BigInt(value));
    else this.block.u8(value === true ? 1 : 0);
  }
}
