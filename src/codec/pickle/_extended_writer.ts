/**
 * What cloudpickle and dill write beyond plain pickles: instances of registered classes, functions by their source, errors,
 * and the built-in objects that are no plain data. Python reads each as the plain value that it is made of.
 *
 * @module
 */

// `as` here: an object is taken for what its prototype says.

import { type PathStep, Step } from "../../_value_path.ts";
import { type ErrorContent, errorContent } from "../_errors.ts";
import { formOf } from "../_forms.ts";
import { onlyItself } from "../_own_properties.ts";
import type { Extension } from "./_extension.ts";
import { BLOB, ERROR, FILE, FORMS, FUNCTION, INSTANCE, SYMBOL } from "./_format.ts";
import { EMPTY_DICT, MARK, TUPLE, TUPLE2 } from "./_opcodes.ts";
import { stateOf } from "./register_class.ts";
import { StoredFunction } from "./stored_function.ts";
import type { ValueWriter } from "./_value_writer.ts";

/** Writes what plain pickles do not hold. */
export const extendedPickle: Extension = {
  symbol(writer, symbol) {
    const key = Symbol.keyFor(symbol);
    if (key === undefined) return false;
    writer.out.text(key);
    writer.out.mark(SYMBOL);
    return true;
  },
  object(writer, object, depth) {
    if (typeof object === "function") return writeFunction(writer, object, depth);
    if (object instanceof StoredFunction) return writeSource(writer, object, object);
    const error = errorContent(object, writer, depth);
    if (error !== undefined) return writeError(writer, object, error, depth);
    const form = formOf(object, writer, depth);
    if (form !== undefined) return writeForm(writer, object, form.name, form.args, depth);
    if (Object.getPrototypeOf(object) === Blob.prototype) return writeBlob(writer, object as Blob, depth);
    if (Object.getPrototypeOf(object) === File.prototype) return writeBlob(writer, object as File, depth);
    return writeInstance(writer, object, depth);
  },
};

function writeFunction(writer: ValueWriter, fn: Callable, depth: number): true {
  const source = Function.prototype.toString.call(fn);
  if (/\{\s*\[native code\]\s*\}\s*$/.test(source)) {
    writer.refuse(
      depth,
      `the source of function "${fn.name}" is not known: it is bound, or the runtime's own`,
    );
  }
  const [own] = Object.keys(fn);
  if (own !== undefined) {
    writer.refuse(
      depth,
      `its own property ${
        JSON.stringify(own)
      } on a function would be lost; an object that has both would work`,
    );
  }
  return writeSource(writer, fn, { name: fn.name, source });
}

// deno-lint-ignore ban-types -- any function at all is meant
type Callable = Function;

function writeSource(
  writer: ValueWriter,
  object: object,
  { name, source }: { readonly name: string; readonly source: string },
): true {
  writer.out.text(name);
  writer.out.text(source);
  writer.out.byte(TUPLE2);
  writer.out.mark(FUNCTION);
  writer.remember(object);
  return true;
}

/** As a dict of what it owns; the mark tells its class, and what of that is hidden from enumeration. */
function writeError(writer: ValueWriter, object: object, error: ErrorContent, depth: number): boolean {
  const { name, hidden, shown, properties } = error;
  writer.out.mark(`${ERROR}${name} ${hidden.join(",")}`);
  writer.out.byte(EMPTY_DICT);
  writer.remember(object);
  return writer.entries(
    [...hidden, ...shown].map((key) => ({ key, value: properties[key], step: key })),
    depth,
  );
}

function writeForm(
  writer: ValueWriter,
  object: object,
  name: string,
  args: readonly unknown[],
  depth: number,
): true {
  return writer.whole(() => {
    writer.out.byte(MARK);
    args.forEach((arg, i) => writer.child(arg, depth + 1, new Step(`.args[${i}]`) satisfies PathStep));
    writer.out.byte(TUPLE);
    writer.out.mark(`${FORMS}${name}`);
    writer.remember(object);
  });
}

/** Its bytes are not read here: the one who takes what was written reads them, straight from the Blob. */
function writeBlob(writer: ValueWriter, blob: Blob | File, depth: number): boolean {
  onlyItself(writer, blob, depth);
  if (writer.isWithinWhole) {
    writer.refuse(
      depth,
      `a ${
        blob instanceof File ? "File" : "Blob"
      } within a PickleObject cannot be read; its bytes would work`,
    );
  }
  const { out } = writer;
  const finish = (): true => {
    out.text(blob.type);
    if (blob instanceof File) {
      out.text(blob.name);
      out.number(blob.lastModified);
    }
    out.byte(TUPLE);
    out.mark(blob instanceof File ? FILE : BLOB);
    writer.remember(blob);
    return true;
  };
  out.byte(MARK);
  out.foreignBytes(blob.size);
  writer.foreign = blob;
  return writer.suspend(finish);
}

function writeInstance(writer: ValueWriter, object: object, depth: number): boolean | undefined {
  const found = stateOf(object);
  if (found === undefined) return undefined;
  const finish = (): true => {
    writer.out.mark(`${INSTANCE}${found.name}`);
    writer.remember(object);
    return true;
  };
  // An instance is made of its whole state, so nothing in that can refer to it yet.
  return writer.child(found.state, depth + 1, new Step(`{${found.name}}`))
    ? finish()
    : writer.suspend(finish);
}
