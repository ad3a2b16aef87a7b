/**
 * Attributes: texts, numbers and booleans that say what a node is. Others are nothing to us.
 *
 * @module
 */

import { readType } from "./_datatype_reader.ts";
import { isScalar } from "./_dataset_reader.ts";
import type { FileBytes } from "./_file_bytes.ts";
import type { AttributeValue } from "./_format.ts";
import { unusual } from "./_malformed.ts";
import type { TextHeapReader } from "./_text_heap_reader.ts";

/** The attribute that a message says; `undefined` when it is no text, number or boolean. */
export function readAttribute(
  file: FileBytes,
  texts: TextHeapReader,
  at: number,
): { readonly name: string; readonly value: AttributeValue } | undefined {
  const version = file.u8(at);
  if (version !== 3 || (file.u8(at + 1) & 3) !== 0) {
    unusual("attributes of another version", at);
  }
  const [nameBytes, typeBytes, spaceBytes] = [file.u16(at + 2), file.u16(at + 4), file.u16(at + 6)];
  const name = file.text(at + 9, Math.max(nameBytes - 1, 0));
  const typeAt = at + 9 + nameBytes;
  if (!isScalar(file, typeAt + typeBytes)) return undefined;
  const content = typeAt + typeBytes + spaceBytes;
  const type = readType(file, typeAt);
  switch (type.kind) {
    case "variable text":
      return { name, value: texts.text(content) };
    case "fixed text":
      return { name, value: file.text(content, type.size).replace(/\0+$/, "") };
    case "boolean":
      return { name, value: file.u8(content) === 1 };
    case "integer":
      return { name, value: file.uint(content, Math.min(type.size, 6)) };
    default:
      return undefined;
  }
}
