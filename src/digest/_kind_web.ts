/**
 * The web's own classes that are values: URL, URLSearchParams, Headers, Blob, File. Every other one is refused.
 *
 * @module
 */

// `as` here: see _kinds.ts.

import { getterOf } from "./_getter.ts";
import type { KindWriter } from "./_kinds.ts";
import { writeProperties } from "./_properties.ts";
import { TAG } from "./_tags.ts";
import { toldBlob } from "./told_blob.ts";
import type { Walk } from "./_walk.ts";

/** The kinds of this file. */
export function webKinds(): [object, KindWriter][] {
  const href = getterOf(URL.prototype, "href");
  const searchParamsForEach = URLSearchParams.prototype.forEach;
  const headersForEach = Headers.prototype.forEach;
  const type = getterOf(Blob.prototype, "type");
  // Deno keeps what belongs to these objects under symbols of its own, Bun in internal slots.
  const url = internalSymbols(new URL("a:?b"), (example) => example.searchParams.toString());
  const searchParams = internalSymbols(new URLSearchParams("a"), (example) => [...example]);
  const headers = internalSymbols(new Headers({ a: "b" }), (example) => [...example]);
  const file = internalSymbols(new File(["a"], "a"), (example) => example.slice());

  function writeBlob(walk: Walk, value: object): void {
    const blob = value as Blob;
    const told = toldBlob(blob);
    if (told !== undefined) {
      walk.out.tag(told.name === undefined ? TAG.blob : TAG.file);
      walk.out.string(told.type);
      if (told.name !== undefined) walk.out.string(told.name);
      walk.blobs.push({ blob, path: walk.path() });
      // What it has of its own are its methods.
      walk.out.length(0);
      return;
    }
    const contentType = String(type.call(blob));
    // In Bun a File has the prototype of Blob, and only `instanceof` tells them apart.
    if (blob instanceof File) {
      walk.out.tag(TAG.file);
      walk.out.string(contentType);
      walk.out.string(blob.name);
    } else {
      walk.out.tag(TAG.blob);
      walk.out.string(contentType);
    }
    walk.blobs.push({ blob, path: walk.path() });
    writeProperties(walk, value, Object.keys(value), file);
  }

  return [
    [URL.prototype, (walk, value) => {
      const text = String(href.call(value));
      walk.out.tag(TAG.url);
      walk.out.string(text);
      writeProperties(walk, value, Object.keys(value), url);
    }],
    [URLSearchParams.prototype, (walk, value) => {
      const pairs: [string, string][] = [];
      searchParamsForEach.call(value as URLSearchParams, (text, name) => void pairs.push([name, text]));
      walk.out.tag(TAG.urlSearchParams);
      writePairs(walk, pairs);
      writeProperties(walk, value, Object.keys(value), searchParams);
    }],
    [Headers.prototype, (walk, value) => {
      const pairs: [string, string][] = [];
      headersForEach.call(value as Headers, (text, name) => void pairs.push([name, text]));
      // Runtimes differ in where cookies, the one name that can come twice, stand among the others.
      pairs.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
      walk.out.tag(TAG.headers);
      writePairs(walk, pairs);
      writeProperties(walk, value, Object.keys(value), headers);
    }],
    [Blob.prototype, writeBlob],
    [File.prototype, writeBlob],
  ];
}

function writePairs(walk: Walk, pairs: readonly [string, string][]): void {
  walk.out.length(pairs.length);
  for (const [name, text] of pairs) {
    walk.out.string(name);
    walk.out.string(text);
  }
}

/** The symbols on an object that was used: some of them are put there only then. */
function internalSymbols<T extends object>(example: T, use: (example: T) => unknown): ReadonlySet<symbol> {
  use(example);
  return new Set(Object.getOwnPropertySymbols(example));
}
