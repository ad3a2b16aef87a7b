/**
 * The machine that pickles are programs for: a stack, marks on it, and a memo. It is not recursive, stops where bytes are
 * missing and goes on when they have come. Opcodes that are rare are in `_rare_opcodes.ts`; what Python would call is told
 * in `_calls.ts` and never called.
 *
 * @module
 */

// `as` here: what stands on the stack is looked at where it matters; indices were compared before.

import { CodecError } from "../../errors.ts";
import type { ByteSource } from "./_byte_source.ts";
import { NEED_MORE } from "./_byte_source.ts";
import { checkDepth, replaceAll } from "./_graph.ts";
import { AFTER, BEFORE, MAX_DEPTH } from "./_format.ts";
import { type Marks, objectOfMark, valueAfterMark } from "./_marks.ts";
import {
  APPEND,
  APPENDS,
  BINBYTES,
  BINFLOAT,
  BINGET,
  BININT,
  BININT1,
  BININT2,
  BINUNICODE,
  EMPTY_DICT,
  EMPTY_LIST,
  FRAME,
  LONG1,
  LONG_BINGET,
  MARK,
  MEMOIZE,
  NEWFALSE,
  NEWTRUE,
  NONE,
  POP,
  SETITEM,
  SETITEMS,
  SHORT_BINBYTES,
  SHORT_BINUNICODE,
  STOP,
} from "./_opcodes.ts";
import { keepSetter } from "./_calls.ts";
import { PickleObject } from "../pickle_object.ts";
import { appendTo, putInto } from "./_targets.ts";
import { keepTuples } from "./_tuples.ts";
import { rareOpcode } from "./_rare_opcodes.ts";

/** Bytes of which only a part may be there are collected apart from here on. */
const LARGE_BYTES = 1 << 20;

/** A long run of bytes that is read past the machine, so that it is never joined and copied. */
export interface LargeBytes {
  /** How many there are. */
  readonly size: number;
  /** Takes them, whole. */
  readonly take: (bytes: Uint8Array<ArrayBuffer>) => void;
}

/** Runs one pickle. */
export class Unpickler {
  /** Where the opcodes come from. */
  readonly in: ByteSource;
  /** What is being made. */
  readonly stack: unknown[] = [];
  /** Where on the stack the open marks are. */
  readonly marks: number[] = [];
  /** What the pickle may refer to, by number. */
  readonly memo: unknown[] = [];
  /** Which properties of each error are hidden, and whether functions are to be revived. */
  readonly options: Marks;
  /** What the machine waits for when it stops in front of a long run of bytes. */
  large: LargeBytes | undefined;
  /** The tuples, as they matter to what is told and not made. */
  readonly tuples: object[] = [];
  /** Whether anything is told and not made. */
  hasTold = false;
  /** Which protocol it says it is of; what says none is of protocol 0 or 1. */
  protocol = 0;
  /** Where the last frame should end. */
  frameEnd = 0;
  #memoized = 0;
  #deepestMark = 0;
  /** How many times something was put into another thing in a way that marks do not show. */
  #unmarked = 0;
  #hasFetched = false;
  /** What was put in the place of others while references to these may have been handed out. */
  readonly #replaced = new Map<unknown, object>();
  /** Whether the others may stand somewhere in the value. */
  #mustReplace = false;
  #result: unknown;

  /** @param options What the bytes are, and what to do with code in them. */
  constructor(source: ByteSource, options: Marks) {
    this.in = source;
    this.options = options;
  }

  /** The value, once {@linkcode run} has answered `true`. */
  get result(): unknown {
    return this.#result;
  }

  /**
   * Runs on.
   *
   * @returns Whether the end was reached; else more bytes are needed.
   * @throws {CodecError} code `malformed`.
   */
  run(): boolean {
    const source = this.in;
    let start = source.position;
    try {
      for (;;) {
        start = source.position;
        const opcode = source.uint8();
        if (opcode === STOP) {
          this.#result = this.#finished();
          return true;
        }
        this.#step(opcode);
        if (this.large !== undefined) return false;
      }
    } catch (error) {
      if (error === NEED_MORE) {
        source.wanted += source.position - start;
        source.position = start;
        return false;
      }
      if (error instanceof CodecError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      return source.fail(`what stands there cannot be restored (${reason})`, start, error);
    }
  }

  #step(opcode: number): void {
    const { stack, in: source } = this;
    switch (opcode) {
      case BINGET:
        stack.push(this.fetch(source.uint8()));
        return;
      case SHORT_BINUNICODE:
        stack.push(source.text(source.uint8()));
        return;
      case BININT1:
        stack.push(source.uint8());
        return;
      case BININT2:
        stack.push(source.uint16());
        return;
      case BININT:
        stack.push(source.int32());
        return;
      case BINFLOAT:
        stack.push(source.float64());
        return;
      case MEMOIZE:
        this.remember(this.#memoized);
        return;
      case MARK:
        this.marks.push(stack.length);
        if (this.marks.length > this.#deepestMark) this.#openedMark();
        return;
      case SETITEMS: {
        const from = this.popMark(1);
        putInto(this, stack[from - 1], from);
        stack.length = from;
        return;
      }
      case APPENDS: {
        const from = this.popMark(1);
        appendTo(this, stack[from - 1], from);
        stack.length = from;
        return;
      }
      case EMPTY_DICT:
        stack.push({});
        return;
      case EMPTY_LIST:
        stack.push([]);
        return;
      case NEWTRUE:
        stack.push(true);
        return;
      case NEWFALSE:
        stack.push(false);
        return;
      case NONE:
        stack.push(null);
        return;
      case LONG_BINGET:
        stack.push(this.fetch(source.uint32()));
        return;
      case BINUNICODE:
        this.text(source.uint32());
        return;
      case SHORT_BINBYTES:
        stack.push(new Uint8Array(source.content(source.uint8())));
        return;
      case BINBYTES:
        this.bytes(source.uint32());
        return;
      case LONG1:
        stack.push(integerOf(source.content(source.uint8())));
        return;
      case APPEND:
        this.nest();
        return this.#single(1, appendTo);
      case SETITEM:
        this.nest();
        return this.#single(2, putInto);
      case POP:
        return this.#pop();
      case FRAME:
        // Framing is for readers that read ahead; a frame must be there in full all the same, which the end shows.
        this.frameEnd = source.uint64() + source.offsetOf(source.position);
        return;
      default:
        rareOpcode(this, opcode);
    }
  }

  /** The value on top, which stays; the mark below it is out of reach. */
  top(): unknown {
    if (this.stack.length === this.#floor()) {
      this.in.fail("there is no value to work on", this.in.position - 1);
    }
    return this.stack[this.stack.length - 1];
  }

  /** Takes the value on top. */
  pop(): unknown {
    const value = this.top();
    this.stack.length--;
    return value;
  }

  /** Another object takes the place of the one at that place of the stack, and is what the memo gives from here on. */
  replace(at: number, other: object): void {
    // Looked up when the memo is asked: searching the memo here would take a hostile pickle quadratic time.
    this.#replaced.set(this.stack[at], other);
    this.#mustReplace ||= this.#hasFetched;
    this.stack[at] = other;
  }

  /** What is there in the place of an object. */
  current(object: unknown): unknown {
    return this.#replaced.size === 0 ? object : this.#replaced.get(object) ?? object;
  }

  /** Takes the last mark away: where what follows it begins, with at least `below` values before it. */
  popMark(below: number): number {
    const from = this.marks.pop();
    if (from === undefined || from < this.#floor() + below) {
      return this.in.fail("there is no mark where one should be", this.in.position - 1);
    }
    return from;
  }

  /** Takes everything behind the last mark. */
  popMarked(): unknown[] {
    return this.stack.splice(this.popMark(0));
  }

  /** Counts one thing that is put into another. */
  nest(): void {
    this.#unmarked++;
  }

  /** What the memo has under a number. */
  fetch(number: number): unknown {
    const value = this.memo[number];
    if (value === undefined && !(number in this.memo)) {
      this.in.fail(`nothing is remembered as number ${number}`);
    }
    if (typeof value !== "object" || value === null) return value;
    this.refer();
    return this.current(value);
  }

  /** Counts one more reference to an object that is there already. */
  refer(): void {
    this.#hasFetched = true;
    this.#unmarked++;
  }

  /** Remembers the value on top. */
  remember(number: number): void {
    const value = this.top();
    if (number === this.memo.length) {
      this.memo.push(value);
      this.#memoized++;
      return;
    }
    // Python numbers what it remembers without gaps, and everything remembered took a byte at least.
    if (number > this.in.offsetOf(this.in.position)) {
      this.in.fail(`number ${number} is too high to be remembered`, this.in.position - 1);
    }
    if (!(number in this.memo)) this.#memoized++;
    this.memo[number] = value;
  }

  /** Reads so many bytes onto the stack. */
  bytes(size: number): void {
    if (this.#isAhead(size)) {
      this.large = { size, take: (bytes) => void this.stack.push(bytes) };
    } else {
      this.stack.push(new Uint8Array(this.in.content(size)));
    }
  }

  /** Reads text of so many bytes onto the stack. */
  text(size: number): void {
    if (this.#isAhead(size)) {
      this.large = { size, take: (bytes) => void this.stack.push(this.in.decodeText(bytes)) };
    } else {
      this.stack.push(this.in.text(size));
    }
  }

  /** A dict at that place of the stack turned out to have keys that are no texts: it is a Map from here on. */
  becomesMap(at: number): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>(Object.entries(this.stack[at] as object));
    this.replace(at, map);
    return map;
  }

  #openedMark(): void {
    this.#deepestMark = this.marks.length;
    // Every mark stands in something, but for those in the state of numpy's arrays; beyond so many, nothing is shallow enough.
    if (this.#deepestMark > MAX_DEPTH + 4) this.in.fail(`it is nested more than ${MAX_DEPTH} levels deep`);
  }

  #isAhead(size: number): boolean {
    return size >= LARGE_BYTES && size > this.in.left && !this.in.isWhole;
  }

  #floor(): number {
    return this.marks.length === 0 ? 0 : this.marks[this.marks.length - 1] as number;
  }

  #single(count: number, put: (machine: Unpickler, target: unknown, from: number) => void): void {
    const from = this.stack.length - count;
    if (from - 1 < this.#floor()) this.in.fail("there is no value to work on", this.in.position - 1);
    put(this, this.stack[from - 1], from);
    this.stack.length = from;
  }

  #pop(): void {
    if (this.stack.length === this.#floor() && this.marks.length > 0) {
      // Python lets POP take a mark, too.
      this.marks.length--;
      return;
    }
    const value = this.top();
    if (typeof value === "string" && value.startsWith(BEFORE)) {
      const next = this.in.uint8();
      this.stack.length--;
      this.stack.push(objectOfMark(this, value, next));
      return;
    }
    this.stack.length--;
    if (typeof value === "string" && value.startsWith(AFTER)) {
      // The memo keeps what the mark stands behind: others may be made of it, too.
      const made = valueAfterMark(this, value);
      this.stack[this.stack.length - 1] = made;
    } else if (value instanceof PickleObject) {
      keepSetter(value);
    }
  }

  #finished(): unknown {
    const value = this.pop();
    if (this.stack.length > 0) this.in.fail("values are left over at its end", this.in.position - 1);
    // A mark for each level, but for what was counted: each of these joins two things that may be as deep as marks go.
    if ((this.#deepestMark + 1) * (this.#unmarked + 1) > MAX_DEPTH && checkDepth(value) > MAX_DEPTH) {
      this.in.fail(`it is nested more than ${MAX_DEPTH} levels deep`, this.in.position - 1);
    }
    if (this.hasTold) keepTuples(this.tuples);
    return this.#mustReplace ? replaceAll(value, this.#replaced) : value;
  }
}

/** An integer from little-endian two's complement: a number when it is safe, else a bigint. */
export function integerOf(content: Uint8Array): number | bigint {
  const { length } = content;
  if (length > 6) {
    const value = bigintOf(content);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 0x100 + (content[i] as number);
  return length > 0 && (content[length - 1] as number) >= 0x80 ? value - 2 ** (8 * length) : value;
}

/** A bigint from little-endian two's complement. */
export function bigintOf(content: Uint8Array): bigint {
  if (content.length === 0) return 0n;
  const value = BigInt(`0x${content.slice().reverse().toHex()}`);
  return (content[content.length - 1] as number) >= 0x80 ? value - (1n << BigInt(8 * content.length)) : value;
}
