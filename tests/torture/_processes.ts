/** Processes that campaigns start, two at a time, and folders that they work in. */
import { spawn } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

/** How a process ended. */
export interface Ending {
  readonly signal: string | null;
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How {@linkcode runScript} runs. */
export interface ScriptOptions {
  readonly arguments: readonly string[];
  /** Kills it this long after it has said `ready`, in milliseconds. */
  readonly killAfterMs?: number;
  /** Kills it when it has not ended by then, in milliseconds. */
  readonly longestMs?: number;
}

/** Runs a program of `scripts/` in a new process. */
export function runScript(runtime: readonly string[], name: string, options: ScriptOptions): Promise<Ending> {
  const [program = "", ...first] = runtime;
  const script = fileURLToPath(new URL(`./scripts/${name}`, import.meta.url));
  const child = spawn(program, [...first, script, ...options.arguments], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { killAfterMs, longestMs = 120_000 } = options;
  let [stdout, stderr] = ["", ""];
  let timer = setTimeout(() => child.kill("SIGKILL"), longestMs);
  child.stdout.on("data", (data) => {
    if (stdout === "" && killAfterMs !== undefined) {
      clearTimeout(timer);
      timer = setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    }
    stdout += String(data);
  });
  child.stderr.on("data", (data) => stderr += String(data));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, signal) => {
      clearTimeout(timer);
      resolve({ status, signal, stdout, stderr });
    });
  });
}

/** Does something with each, two at a time: this is what small machines have processors for. */
export async function eachInTwos<T>(list: readonly T[], action: (each: T) => Promise<void>): Promise<void> {
  const rest = list[Symbol.iterator]();
  await Promise.all([0, 1].map(async () => {
    for (const each of rest) await action(each);
  }));
}

/** Runs `body` with a new folder, which is gone afterwards. In memory where the system has a place for that. */
export async function withFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const place = fs.existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const folder = fs.realpathSync(fs.mkdtempSync(`${place}/fleche-torture-`));
  try {
    return await body(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
