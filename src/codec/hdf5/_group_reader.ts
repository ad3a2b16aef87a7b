/**
 * The links of a group: those in its header, and those in a fractal heap that a B-tree leads to.
 *
 * @module
 */

import { checksum } from "./_checksum.ts";
import type { FileBytes } from "./_file_bytes.ts";
import { malformed, unusual } from "./_malformed.ts";

/** A link as it is stored. */
export interface StoredLink {
  readonly name: string;
  readonly address: number;
  /** When it was made, among the group's links; `undefined` where the group does not keep that. */
  readonly order: number | undefined;
}

/** Trees are not deeper: the lowest level alone has room for more than a file does. */
const MOST_LEVELS = 8;

/** The link whose description has `length` bytes. */
export function readLink(file: FileBytes, start: number, length: number): StoredLink {
  const flags = file.u8(start + 1);
  if (file.u8(start) !== 1) unusual("links of another version", start);
  let at = start + 2;
  if ((flags & 8) !== 0 && file.u8(at++) !== 0) {
    unusual("links that are not hard links", start);
  }
  const order = (flags & 4) === 0 ? undefined : file.u64(at);
  if (order !== undefined) at += 8;
  if ((flags & 16) !== 0) at++;
  const width = 1 << (flags & 3);
  const nameLength = file.uint(at, Math.min(width, 6));
  at += width;
  if (at + nameLength + 8 - start > length) malformed("a link is cut short", start);
  return { name: file.text(at, nameLength), address: file.u64(at + nameLength), order };
}

/** The links in a heap, found by the tree at `tree`. */
export function readDenseLinks(file: FileBytes, heap: number, tree: number): StoredLink[] {
  const place = heapPlaces(file, heap);
  return treeRecords(file, tree).map((record) => place(record + 4));
}

/** Addresses of all records of a tree, in its order. */
function treeRecords(file: FileBytes, at: number): number[] {
  file.expect(at, "BTHD");
  file.checkSum(at, at + 34);
  const [nodeSize, recordBytes, depth] = [file.u32(at + 6), file.u16(at + 10), file.u16(at + 12)];
  if (file.u8(at + 5) !== 5 || recordBytes !== 11) {
    unusual("another kind of tree of links", at);
  }
  if (depth > MOST_LEVELS || nodeSize < 32) malformed("a tree is not valid", at);
  const most = [Math.floor((nodeSize - 10) / recordBytes)];
  const all = [most[0] ?? 0];
  /** Bytes of the counts in a pointer to a node of a level. */
  const widths = (level: number): readonly [count: number, total: number] => [
    bytesFor(most[0] ?? 0),
    level === 0 ? 0 : bytesFor(all[level] ?? 0),
  ];
  for (let level = 1; level <= depth; level++) {
    const [count, total] = widths(level - 1);
    const pointer = 8 + count + total;
    const records = Math.floor((nodeSize - 10 - pointer) / (recordBytes + pointer));
    most.push(records);
    all.push((records + 1) * (all[level - 1] ?? 0) + records);
  }
  const found: number[] = [];
  const total = file.u64(at + 26);
  if (total * recordBytes > file.length) malformed("a tree declares more links than there are bytes", at);
  const visit = (node: number, count: number, level: number): void => {
    file.expect(node, level === 0 ? "BTLF" : "BTIN");
    if (count > (most[level] ?? 0)) malformed("a node of a tree is not valid", node);
    const [countBytes, totalBytes] = widths(level - 1);
    const pointer = 8 + countBytes + totalBytes;
    const end = node + 6 + count * recordBytes + (level === 0 ? 0 : (count + 1) * pointer);
    file.checkSum(node, end);
    for (let i = 0; i <= count; i++) {
      if (level > 0) {
        const child = node + 6 + count * recordBytes + i * pointer;
        visit(file.u64(child), file.uint(child + 8, countBytes), level - 1);
      }
      if (i < count) found.push(node + 6 + i * recordBytes);
      if (found.length > total) malformed("a tree has more links than it declares", at);
    }
  };
  if (total > 0) visit(file.u64(at + 16), file.u16(at + 24), depth);
  if (found.length !== total) malformed("a tree has fewer links than it declares", at);
  return found;
}

/** How many bytes a count up to `most` takes. */
function bytesFor(most: number): number {
  return Math.floor(Math.log2(Math.max(most, 1)) / 8) + 1;
}

/** Reads the links of a heap by the names that it has for them: a kind, an offset and a length. */
function heapPlaces(file: FileBytes, heap: number): (id: number) => StoredLink {
  file.expect(heap, "FRHP");
  if (file.u16(heap + 7) !== 0) unusual("filters on links", heap);
  file.checkSum(heap, heap + 142);
  const table = {
    width: file.u16(heap + 110),
    startSize: file.u64(heap + 112),
    mostSize: file.u64(heap + 120),
    offsetBytes: Math.ceil(file.u16(heap + 128) / 8),
    root: file.u64(heap + 132),
    rows: file.u16(heap + 140),
  };
  const { width, startSize, mostSize, offsetBytes, root, rows } = table;
  if (offsetBytes > 6 || width === 0 || startSize === 0) malformed("a heap is not valid", heap);
  const lengthBytes = bytesFor(Math.min(mostSize, file.u32(heap + 10)));
  const checked = new Set<number>();
  const summed = (file.u8(heap + 9) & 2) !== 0;
  const headBytes = 13 + offsetBytes;
  const directRows = Math.log2(mostSize) - Math.log2(startSize) + 2;

  const direct = (block: number, size: number): number => {
    if (!checked.has(block)) {
      file.expect(block, "FHDB");
      file.spend(size, block);
      const bytes = new Uint8Array(file.range(block, size));
      if (summed) {
        bytes.fill(0, headBytes, headBytes + 4);
        if (checksum(bytes) !== file.u32(block + headBytes)) malformed("a heap's block is damaged", block);
      }
      checked.add(block);
    }
    return block;
  };
  /** The address of what has an offset in the heap, within an indirect block of so many rows. */
  const indirect = (block: number, offset: number, count: number, depth: number): number => {
    if (!checked.has(block)) {
      file.expect(block, "FHIB");
      file.checkSum(block, block + headBytes + count * width * 8);
      checked.add(block);
    }
    if (depth > MOST_LEVELS) malformed("a heap is nested too deeply", block);
    let start = 0;
    for (let row = 0; row < count; row++) {
      const size = startSize * 2 ** Math.max(row - 1, 0);
      if (offset < start + size * width) {
        const column = Math.floor((offset - start) / size);
        const child = file.u64(block + headBytes + (row * width + column) * 8);
        const inside = offset - start - column * size;
        if (row < directRows) return direct(child, size) + inside;
        const childRows = Math.log2(size) - Math.log2(startSize * width) + 1;
        return indirect(child, inside, childRows, depth + 1);
      }
      start += size * width;
    }
    return malformed("a link lies outside of its heap", block);
  };
  return (id) => {
    if (file.u8(id) !== 0) unusual("links of unusual length", id);
    const offset = file.uint(id + 1, offsetBytes);
    const length = file.uint(id + 1 + offsetBytes, lengthBytes);
    const at = rows === 0 ? direct(root, startSize) + offset : indirect(root, offset, rows, 0);
    return readLink(file, at, length);
  };
}
