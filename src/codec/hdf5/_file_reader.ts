/**
 * The objects of an HDF5 file in the format that bagofholding writes ("latest"), whose metadata has checksums.
 *
 * @module
 */

import { readAttribute } from "./_attribute_reader.ts";
import { datasetOf } from "./_dataset_reader.ts";
import { FileBytes } from "./_file_bytes.ts";
import {
  type AttributeValue,
  MESSAGE_ATTRIBUTE,
  MESSAGE_CONTINUATION,
  MESSAGE_DATASPACE,
  MESSAGE_DATATYPE,
  MESSAGE_FILTERS,
  MESSAGE_LAYOUT,
  MESSAGE_LINK,
  MESSAGE_LINK_INFO,
  MESSAGE_SYMBOL_TABLE,
  SIGNATURE,
  SUPERBLOCK_BYTES,
} from "./_format.ts";
import { readDenseLinks, readLink, type StoredLink } from "./_group_reader.ts";
import { malformed, unusual } from "./_malformed.ts";
import type { Hdf5Node, NodeSource } from "./_node.ts";
import { TextHeapReader } from "./_text_heap_reader.ts";

/** A message of an object header. */
interface Message {
  readonly kind: number;
  /** Where its content begins. */
  readonly at: number;
  readonly length: number;
}

/** Reads objects by their addresses. */
export class FileReader implements NodeSource {
  /** Address of the root group. */
  readonly root: number;
  readonly #file: FileBytes;
  readonly #texts: TextHeapReader;

  /**
   * Opens a file.
   *
   * @param bytes All of it.
   * @throws {CodecError} code `malformed`, when it is none, or is of another version of the format.
   */
  constructor(bytes: Uint8Array) {
    const file = new FileBytes(bytes);
    this.#file = file;
    this.#texts = new TextHeapReader(file);
    if (bytes.length < SUPERBLOCK_BYTES || SIGNATURE.some((byte, i) => bytes[i] !== byte)) {
      malformed("it does not begin like an HDF5 file", 0);
    }
    const version = file.u8(8);
    if (version < 2 || version > 3) unusual(`version ${version} of the superblock`, 8);
    file.checkSum(0, SUPERBLOCK_BYTES - 4);
    if (file.u8(9) !== 8 || file.u8(10) !== 8) unusual("addresses of unusual width", 9);
    if (file.u64(12) !== 0) unusual("addresses from another base", 12);
    if (file.u64(28) > bytes.length) malformed("it is cut short", bytes.length);
    this.root = file.u64(36);
  }

  /** Reads the object at an address. */
  node(address: number): Hdf5Node {
    const attributes = new Map<string, AttributeValue>();
    let space: number | undefined;
    let type: number | undefined;
    let layout: number | undefined;
    const links: StoredLink[] = [];
    let isGroup = false;
    for (const { kind, at, length } of this.#messages(address)) {
      switch (kind) {
        case MESSAGE_ATTRIBUTE: {
          const attribute = readAttribute(this.#file, this.#texts, at);
          if (attribute !== undefined) attributes.set(attribute.name, attribute.value);
          break;
        }
        case MESSAGE_LINK:
          links.push(readLink(this.#file, at, length));
          break;
        case MESSAGE_LINK_INFO:
          isGroup = true;
          this.#readDense(at, links);
          break;
        case MESSAGE_SYMBOL_TABLE:
        case MESSAGE_FILTERS:
          return unusual(kind === MESSAGE_FILTERS ? "filters" : "groups of an older version", at);
        case MESSAGE_DATASPACE:
          space = at;
          break;
        case MESSAGE_DATATYPE:
          type = at;
          break;
        case MESSAGE_LAYOUT:
          layout = at;
      }
    }
    return {
      offset: address,
      attributes,
      links: isGroup ? tableOf(links, address) : undefined,
      dataset: space === undefined || type === undefined || layout === undefined
        ? undefined
        : datasetOf(this.#file, this.#texts, { space, type, layout }),
    };
  }

  #readDense(at: number, links: StoredLink[]): void {
    const flags = this.#file.u8(at + 1);
    const heap = at + 2 + ((flags & 1) === 0 ? 0 : 8);
    // "No address" is larger than any file.
    if (this.#file.u64(heap) > Number.MAX_SAFE_INTEGER) return;
    links.push(...readDenseLinks(this.#file, this.#file.u64(heap), this.#file.u64(heap + 8)));
  }

  /** The messages of an object's header and of the blocks in which it goes on. */
  #messages(address: number): Message[] {
    const file = this.#file;
    if (file.u8(address) === 1 && file.u8(address + 1) === 0) {
      unusual("object headers of an older version", address);
    }
    file.expect(address, "OHDR");
    const flags = file.u8(address + 5);
    let start = address + 6 + ((flags & 0x20) === 0 ? 0 : 16) + ((flags & 0x10) === 0 ? 0 : 4);
    const width = 1 << (flags & 3);
    let end = start + width + file.uint(start, Math.min(width, 6));
    start += width;
    file.checkSum(address, end);
    const headBytes = (flags & 4) === 0 ? 4 : 6;
    const messages: Message[] = [];
    const further: number[] = [];
    const blocks = new Set<number>();
    for (;;) {
      let at = start;
      while (at + headBytes <= end) {
        const kind = file.u8(at);
        const length = file.u16(at + 1);
        const content = at + headBytes;
        if (content + length > end) malformed("a header's message is cut short", at);
        if ((file.u8(at + 3) & 2) !== 0) unusual("shared messages", at);
        if (kind === MESSAGE_CONTINUATION) further.push(content);
        else messages.push({ kind, at: content, length });
        at = content + length;
      }
      const next = further.shift();
      if (next === undefined) return messages;
      const block = file.u64(next);
      if (blocks.has(block)) malformed("a header goes on in a circle", next);
      blocks.add(block);
      file.expect(block, "OCHK");
      start = block + 4;
      end = block + file.u64(next + 8) - 4;
      file.checkSum(block, end);
    }
  }
}

/** The links by name, in the order in which they were made, else in that of their names. */
function tableOf(links: StoredLink[], offset: number): Map<string, number> {
  if (links.every(({ order }) => order !== undefined)) {
    links.sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
  } else links.sort((a, b) => a.name < b.name ? -1 : 1);
  const table = new Map(links.map(({ name, address }) => [name, address]));
  if (table.size !== links.length) malformed("a group has a name twice", offset);
  return table;
}
