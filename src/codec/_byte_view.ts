/**
 * Typed arrays and DataViews seen as bytes, and the kinds of typed arrays by name.
 *
 * @module
 */

// `as` here: a typed array's constructor, found by its name in the global object.

/** Any of the typed arrays, or a DataView, seen as a view of bytes. */
export interface ByteView {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** Makes a typed array over a whole buffer. */
export type ViewConstructor = new (buffer: ArrayBuffer) => ByteView;

/** The visible bytes of a view, not copied. */
export function bytesOf(view: ByteView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** The typed arrays' class of that name; `undefined` where the runtime lacks it. */
export function viewConstructor(name: string): ViewConstructor | undefined {
  return (globalThis as unknown as Record<string, ViewConstructor | undefined>)[name];
}
