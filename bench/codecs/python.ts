/**
 * Python's own pickle over the same values, timed by Python in a process of its own that takes part in the rounds like
 * everybody. Python is `FLECHE_PYTHON`, else `python3`; where it is not there its rows are left out.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Absent, CodecContestant, CodecInput, Job, Jobs } from "./contract.ts";

// `as` here: the answers are those of the script beside this file.

const python = process.env["FLECHE_PYTHON"] ?? "python3";
const script = new URL("pickle_clock.py", import.meta.url).pathname;

/** The value as the script reads it. */
function content({ name, values }: CodecInput): string | Uint8Array {
  if (name !== "floats") return JSON.stringify(values);
  const [floats] = values;
  return floats instanceof Float64Array ? new Uint8Array(floats.buffer) : new Uint8Array();
}

async function open(input: CodecInput, form: "json" | "array" | "numpy"): Promise<Jobs | Absent> {
  const directory = mkdtempSync(join(tmpdir(), "fleche-bench-"));
  try {
    const path = join(directory, "value");
    writeFileSync(path, content(input));
    const child = spawn(python, [script, form, path], { stdio: ["pipe", "pipe", "inherit"] });
    const failed = once(child, "error").then(([error]) => Promise.reject(error));
    failed.catch(() => undefined);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const answer = async <T>(): Promise<T> => {
      const { done, value } = await Promise.race([lines.next(), failed]);
      if (done === true) throw new Error(`Cannot time pickle: "${python}" ended`);
      return JSON.parse(value) as T;
    };
    const first = await answer<{ readonly sizeBytes: number } | Absent>();
    if ("absent" in first) return first;
    const job = (name: "encode" | "decode"): Job => ({
      call: () => undefined,
      async timed(calls) {
        child.stdin.write(`${name} ${calls}\n`);
        return (await answer<{ readonly ms: number }>()).ms;
      },
    });
    return {
      sizeBytes: first.sizeBytes,
      encode: job("encode"),
      decode: job("decode"),
      close: () => child.stdin.end(),
    };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return { absent: "no Python there" };
    }
    throw error;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The standard library alone: dictionaries and lists, floats as `array.array("d")`. */
export const pythonPickle: CodecContestant = {
  id: "python-pickle",
  label: "Python's pickle",
  note: "protocol 4; its garbage collector on, as it is by default",
  open: (input) => open(input, input.name === "floats" ? "array" : "json"),
};

/** Floats as a numpy array. */
export const pythonNumpy: CodecContestant = {
  id: "python-numpy",
  label: "Python's pickle, numpy",
  note: "protocol 4",
  only: ["floats"],
  open: (input) => open(input, "numpy"),
};
