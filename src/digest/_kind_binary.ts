/**
 * Bytes in memory: buffers and the views of them, by kind and visible bytes. What else a view's buffer holds, and
 * whether two views share one, is no part of the value.
 *
 * @module
 */

// `as` here: see _kinds.ts.

import { getterOf } from "./_getter.ts";
import type { KindWriter } from "./_kinds.ts";
import { hasOnlyElements } from "./_introspection.ts";
import { writeProperties } from "./_properties.ts";
import { TAG } from "./_tags.ts";
import type { Walk } from "./_walk.ts";

const VIEW_NAMES = [
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "BigInt64Array",
  "BigUint64Array",
  "Float16Array",
  "Float32Array",
  "Float64Array",
] as const;

/** The kinds of this file. */
export function binaryKinds(): [object, KindWriter][] {
  const kinds: [object, KindWriter][] = [
    [ArrayBuffer.prototype, writeArrayBuffer],
    [DataView.prototype, writeDataView],
  ];
  if (typeof SharedArrayBuffer === "function") kinds.push([SharedArrayBuffer.prototype, writeSharedBuffer]);
  for (const name of VIEW_NAMES) {
    const view = (globalThis as unknown as Record<string, { prototype: object } | undefined>)[name];
    if (view !== undefined) kinds.push([view.prototype, (walk, value) => writeTypedArray(walk, value, name)]);
  }
  return kinds;
}

const typedArrayPrototype: object = Object.getPrototypeOf(Uint8Array.prototype);
const typedArrayName = getterOf(typedArrayPrototype, Symbol.toStringTag);
const typedArrayLength = getterOf(typedArrayPrototype, "length");
const typedArrayBuffer = getterOf(typedArrayPrototype, "buffer");
const typedArrayOffset = getterOf(typedArrayPrototype, "byteOffset");
const typedArrayBytes = getterOf(typedArrayPrototype, "byteLength");
const dataViewBuffer = getterOf(DataView.prototype, "buffer");
const dataViewOffset = getterOf(DataView.prototype, "byteOffset");
const dataViewBytes = getterOf(DataView.prototype, "byteLength");

function writeTypedArray(walk: Walk, value: object, name: string): void {
  if (typedArrayName.call(value) !== name) walk.refuse(`it has the prototype of ${name} and is none`);
  const length = Number(typedArrayLength.call(value));
  const buffer = typedArrayBuffer.call(value) as ArrayBufferLike;
  writeView(walk, name, buffer, Number(typedArrayOffset.call(value)), Number(typedArrayBytes.call(value)));
  const keys = hasOnlyElements(value, length, true) ? [] : Object.keys(value).slice(length);
  writeProperties(walk, value, keys);
}

function writeDataView(walk: Walk, value: object): void {
  const buffer = dataViewBuffer.call(value) as ArrayBufferLike;
  if (isDetached(buffer)) refuseDetached(walk);
  writeView(walk, "DataView", buffer, Number(dataViewOffset.call(value)), Number(dataViewBytes.call(value)));
  writeProperties(walk, value, Object.keys(value));
}

function writeView(walk: Walk, name: string, buffer: ArrayBufferLike, offset: number, bytes: number): void {
  if (isDetached(buffer)) refuseDetached(walk);
  walk.out.tag(TAG.view);
  walk.out.string(name);
  walk.out.bytes(new Uint8Array(buffer, offset, bytes), isShared(buffer));
}

function writeArrayBuffer(walk: Walk, value: object): void {
  const buffer = value as ArrayBuffer;
  if (isDetached(buffer)) refuseDetached(walk);
  const bytes = new Uint8Array(buffer);
  walk.out.tag(TAG.buffer);
  walk.out.bytes(bytes);
  walk.out.length(buffer.resizable ? buffer.maxByteLength + 1 : 0);
  writeProperties(walk, value, Object.keys(value));
}

function writeSharedBuffer(walk: Walk, value: object): void {
  const buffer = value as SharedArrayBuffer;
  const bytes = new Uint8Array(buffer);
  walk.out.tag(TAG.sharedBuffer);
  walk.out.bytes(bytes, true);
  walk.out.length(buffer.growable ? buffer.maxByteLength + 1 : 0);
  writeProperties(walk, value, Object.keys(value));
}

function isShared(buffer: ArrayBufferLike): boolean {
  return typeof SharedArrayBuffer === "function" && buffer instanceof SharedArrayBuffer;
}

function isDetached(buffer: ArrayBufferLike): boolean {
  return "detached" in buffer && buffer.detached;
}

function refuseDetached(walk: Walk): never {
  walk.refuse(
    "its ArrayBuffer is detached: its bytes were transferred and are gone; digest it before, or pass a copy",
  );
}
