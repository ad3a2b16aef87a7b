/**
 * What codecs say of values that they cannot write.
 *
 * @module
 */

/** Gives up on a value that stands in `depth` objects, naming the path to it. Every writer of values is one. */
export interface Refuser {
  /**
   * Gives up.
   *
   * @param depth How many objects the value stands in.
   * @param reason What is wrong with it, and what would work.
   * @throws {CodecError} Always; code `unencodable`, naming the path.
   */
  refuse(depth: number, reason: string, cause?: unknown): never;
}

/** Why a value cannot be written, and what would work. */
export function refusalOf(value: unknown): string {
  if (typeof value === "function") {
    return `a function (${
      value.name === "" ? "anonymous" : `"${value.name}"`
    }) cannot be restored; data in its place would work`;
  }
  if (typeof value === "symbol") {
    return `${String(value)} is unique to this process; Symbol.for("…") would work`;
  }
  if (typeof value !== "object" || value === null) return `a ${typeof value} cannot be restored`;
  if (Object.getOwnPropertySymbols(value).length > 0 && isPlain(value)) {
    return "it has properties that are named by symbols; names that are strings would work";
  }
  const name = className(value);
  if (name === "Promise") return "a Promise cannot be restored; its awaited result would work";
  if (name === "WritableStream" || name === "TransformStream") {
    return `a ${name} cannot be kept; what it gives would work`;
  }
  if (name === "ReadableStream" || name === "Response") {
    return `a ${name} inside a value, or with properties of its own, cannot be kept; alone it would work`;
  }
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (/Generator$|Iterator$/.test(tag)) {
    return `a live ${tag} inside a value cannot be kept; alone it would work, or an array of what it gives`;
  }
  if (name === "Blob" || name === "File") {
    return `a ${name} inside a value is read asynchronously; alone it would work, or its bytes`;
  }
  if (name.startsWith("Weak")) {
    return `a ${name} cannot be listed; a ${name === "WeakRef" ? "reference" : name.slice(4)} would work`;
  }
  if (Symbol.asyncIterator in value) {
    return `an instance of class ${name} would come back as a plain generator; an async generator in its place, or a ` +
      "ReadableStream, would work";
  }
  return `an instance of class ${name} would come back as something else; a plain object in its place would work`;
}

function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === Object.prototype || prototype === null;
}

/** The name of an object's class, for messages. */
export function className(object: object): string {
  const constructor: unknown = (object as { constructor?: unknown }).constructor;
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "(anonymous)";
}
