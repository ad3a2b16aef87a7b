/**
 * Groups: names and the addresses that they lead to. A few links stand in the group's header; many stand in a block of
 * a fractal heap, found by the hash of their names in a B-tree, so that Python opens each without a look at all
 * others. Links know the order in which they were made, which is the order that h5py lists them in.
 *
 * @module
 */

import { type ByteBuilder, NOWHERE } from "./_byte_builder.ts";
import { checksum } from "./_checksum.ts";
import { MESSAGE_GROUP_INFO, MESSAGE_LINK, MESSAGE_LINK_INFO } from "./_format.ts";
import type { Attributes, ObjectWriter } from "./_object_writer.ts";

/** A name in a group: ASCII, not empty, at most {@linkcode LONGEST_NAME} characters, without NUL and slash, and not `.`. */
export interface Link {
  readonly name: string;
  /** The object's address. */
  readonly address: number;
}

/** Names are not longer. */
export const LONGEST_NAME = 1024;

/** Up to so many links are looked through one by one. */
const MOST_COMPACT = 32;

/** Bytes of a record of the tree: the name's hash, and the link's place in the heap. */
const RECORD_BYTES = 11;
/** Bytes of a node of the tree that are no records. */
const NODE_BYTES = 10;
/** Nodes have this size, but for a tree that is one smaller node. */
const NODE_SIZE = 64 * 1024;
/** Records in such a leaf. */
const LEAF_RECORDS = Math.floor((NODE_SIZE - NODE_BYTES) / RECORD_BYTES);

/** Bytes of a heap's block before the links. */
const BLOCK_HEAD_BYTES = 21;

/** Writes a group; gives its address. */
export function writeGroup(writer: ObjectWriter, links: readonly Link[], attributes: Attributes): number {
  const dense = links.length > MOST_COMPACT ? writeDense(writer, links) : undefined;
  writer.begin();
  writer.message(MESSAGE_LINK_INFO, 26).u8(0).u8(1).u64(links.length)
    .u64(dense?.heap ?? NOWHERE).u64(dense?.tree ?? NOWHERE);
  writer.message(MESSAGE_GROUP_INFO, 2).u8(0).u8(0);
  if (dense === undefined) {
    links.forEach((link, order) => {
      const start = writer.message(MESSAGE_LINK, 0).length;
      addLink(writer.block, link, order);
      writer.block.setU16(start - 3, writer.block.length - start);
    });
  }
  return writer.end(attributes);
}

function addLink(block: ByteBuilder, { name, address }: Link, order: number): void {
  // Bits: the length of the name has two bytes; the order is there.
  block.u8(1).u8(0b101).u64(order).u16(name.length).text(name).u64(address);
}

function writeDense(writer: ObjectWriter, links: readonly Link[]): { heap: number; tree: number } {
  const { block, file } = writer;
  const heap = file.size;
  const room = file.reserve(HEAP_HEAD_BYTES);
  block.clear().raw([0x46, 0x48, 0x44, 0x42, 0]).u64(heap).u32(0).u32(0);
  const records = links.map((link, order) => {
    const start = block.length;
    addLink(block, link, order);
    const nameStart = start + 12;
    const hash = checksum(block.bytes, nameStart, nameStart + link.name.length);
    return { hash, name: link.name, start, length: block.length - start };
  });
  const used = block.length;
  const size = 2 ** Math.max(9, Math.ceil(Math.log2(used)));
  block.zeros(size - used);
  // The sum is taken over the whole block, its own place being zero.
  block.setU32(BLOCK_HEAD_BYTES - 4, checksum(block.bytes));
  const root = file.append(block.bytes);
  heapHead(block, { count: links.length, size, free: size - used, root });
  room.set(block.bytes);
  records.sort((a, b) => a.hash - b.hash || (a.name < b.name ? -1 : 1));
  return { heap, tree: writeTree(writer, records) };
}

const HEAP_HEAD_BYTES = 146;

/** The head of a heap that is one block, whose objects are named by four bytes of offset and two of length. */
function heapHead(
  block: ByteBuilder,
  heap: { readonly count: number; readonly size: number; readonly free: number; readonly root: number },
): void {
  block.clear().raw([0x46, 0x52, 0x48, 0x50, 0]).u16(7).u16(0).u8(2).u32(4096)
    .u64(0).u64(NOWHERE).u64(heap.free).u64(NOWHERE)
    .u64(heap.size).u64(heap.size).u64(heap.size).u64(heap.count)
    .u64(0).u64(0).u64(0).u64(0)
    .u16(4).u64(heap.size).u64(Math.max(heap.size, NODE_SIZE)).u16(32).u16(1).u64(heap.root).u16(0).sum();
}

interface TreeRecord {
  readonly hash: number;
  readonly start: number;
  readonly length: number;
}

/** A B-tree of one level, or of two: the second has room for 18 million links. */
function writeTree(writer: ObjectWriter, records: readonly TreeRecord[]): number {
  const { block, file } = writer;
  const total = records.length;
  const single = total <= LEAF_RECORDS;
  const needed = 2 ** Math.max(9, Math.ceil(Math.log2(NODE_BYTES + total * RECORD_BYTES)));
  const size = single ? Math.min(NODE_SIZE, needed) : NODE_SIZE;
  const node = (signature: number, add: () => void): number => {
    block.clear().raw([0x42, 0x54, signature, signature === LEAF ? 0x46 : 0x4e, 0, 5]);
    add();
    block.sum();
    const address = file.append(block.bytes);
    file.reserve(size - block.length);
    return address;
  };
  let root: number;
  let rootRecords = total;
  if (single) root = node(LEAF, () => records.forEach((each) => addRecord(block, each)));
  else {
    // Between two leaves stands one record in the node above them.
    const leaves = Math.ceil((total + 1) / (LEAF_RECORDS + 1));
    rootRecords = leaves - 1;
    const between: TreeRecord[] = [];
    const children: { address: number; count: number }[] = [];
    let at = 0;
    for (let i = 0; i < leaves; i++) {
      const count = Math.ceil((total - at - (leaves - 1 - i)) / (leaves - i));
      const address = node(
        LEAF,
        () => records.slice(at, at + count).forEach((each) => addRecord(block, each)),
      );
      children.push({ address, count });
      at += count;
      const next = records[at++];
      if (next !== undefined) between.push(next);
    }
    root = node(INTERNAL, () => {
      between.forEach((each) => addRecord(block, each));
      children.forEach(({ address, count }) => block.u64(address).u16(count));
    });
  }
  block.clear().raw([0x42, 0x54, 0x48, 0x44, 0, 5]).u32(size).u16(RECORD_BYTES).u16(single ? 0 : 1)
    .u8(100).u8(40).u64(root).u16(rootRecords).u64(total).sum();
  return file.append(block.bytes);
}

const LEAF = 0x4c;
const INTERNAL = 0x49;

function addRecord(block: ByteBuilder, { hash, start, length }: TreeRecord): void {
  block.u32(hash).u8(0).u32(start).u16(length);
}
