/**
 * Names of Python's classes and functions, and calls of them, as opcodes.
 *
 * @module
 */

import { REDUCE, STACK_GLOBAL } from "./_opcodes.ts";
import type { ValueWriter } from "./_value_writer.ts";

/** The class or function `module.name`; spelt out once in a pickle. */
export function writeGlobal(writer: ValueWriter, module: string, name: string): void {
  writer.constant(`${module} ${name}`, () => {
    writer.out.text(module);
    writer.out.text(name);
    writer.out.byte(STACK_GLOBAL);
  });
}

/** What `module.name` gives for the arguments that `write` writes, closed by the opcode `tuple`. */
export function writeCall(
  writer: ValueWriter,
  [module, name]: readonly [module: string, name: string],
  write: () => void,
  tuple: number,
): void {
  writeGlobal(writer, module, name);
  write();
  writer.out.byte(tuple);
  writer.out.byte(REDUCE);
}
