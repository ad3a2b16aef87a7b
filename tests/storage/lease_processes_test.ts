import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { otherRuntimeCommand, runtimeCommand } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { MEDIA, openMedium } from "./_media.ts";

const script = fileURLToPath(new URL("./scripts/lease.ts", import.meta.url));
const runtimes = [runtimeCommand, otherRuntimeCommand ?? runtimeCommand];
const options = { timeout: 40_000 };
const posix = {
  ...options,
  skip: process.platform === "win32" ? "no SIGSTOP there" : false,
};

/** A process that is told what to do line by line. */
class Helper {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  readonly #closed: Promise<unknown>;
  #isOver = false;

  constructor(at: number, task: string, medium: string, place: string) {
    const [program = "", ...rest] = runtimes[at % 2] ?? [];
    this.#child = spawn(program, [...rest, script, task, medium, place], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#closed = new Promise((resolve) => this.#child.once("close", resolve)).then(() =>
      this.#isOver = true
    );
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async hears(): Promise<string> {
    const { value } = await this.#lines.next();
    return String(value);
  }

  tell(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Not by the child's own `kill`: in Deno it sends no second signal. */
  send(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
    if (this.#child.pid !== undefined && !this.#isOver) process.kill(this.#child.pid, signal);
  }

  async end(): Promise<void> {
    this.#child.stdin.end();
    await this.#closed;
  }
}

/** Tries the leases of one medium. */
type Trial = (medium: string, place: string, started: Helper[]) => Promise<void>;

/** For every medium, at the same time: waiting for leases takes seconds. */
async function forEveryMedium(trial: Trial): Promise<void> {
  await Promise.all(MEDIA.map((medium) =>
    withTemporaryDirectory(async (place) => {
      const started: Helper[] = [];
      try {
        await trial(medium, place, started);
      } finally {
        // One that failed may be stopped.
        for (const helper of started) if (posix.skip === false) helper.send("SIGCONT");
        await Promise.all(started.map((helper) => helper.end()));
      }
    })
  ));
}

test(
  "Leases of a process that is killed go to one that waits, in another runtime, within seconds",
  options,
  () =>
    forEveryMedium(async (medium, place, started) => {
      const holder = new Helper(0, "hold", medium, place);
      started.push(holder);
      assert.equal(await holder.hears(), "held");
      const waiter = new Helper(1, "succeed", medium, place);
      started.push(waiter);
      assert.equal(await waiter.hears(), "waiting");
      holder.send("SIGKILL");
      const killedAt = performance.now();
      assert.equal(await waiter.hears(), "held", medium);
      const tookMs = performance.now() - killedAt;
      // The last sign of life was up to a second ago.
      assert.ok(tookMs > 3500 && tookMs < 9000, `${medium}: taken over after ${tookMs} ms`);
    }),
);

test(
  "Leases are not taken from a process that lives, however long it holds them",
  options,
  () =>
    forEveryMedium(async (medium, place, started) => {
      const holder = new Helper(1, "hold", medium, place);
      started.push(holder);
      assert.equal(await holder.hears(), "held");
      const { storage, leases } = openMedium(medium, place);
      await assert.rejects(leases.wait("key", { signal: AbortSignal.timeout(8000) }), {
        name: "TimeoutError",
      });
      assert.equal(await leases.take("key"), undefined, medium);
      const waiting = leases.wait("key");
      holder.tell("release");
      await waiting;
      await (await leases.take("key"))?.release();
      await storage[Symbol.asyncDispose]();
    }),
);

test(
  "Leases of a process that is stopped are taken over, and it does not give back its successor's",
  posix,
  () =>
    forEveryMedium(async (medium, place, started) => {
      const holder = new Helper(1, "hold", medium, place);
      started.push(holder);
      assert.equal(await holder.hears(), "held");
      holder.send("SIGSTOP");
      const { storage, leases } = openMedium(medium, place);
      await leases.wait("key");
      const lease = await leases.take("key");
      assert.ok(lease !== undefined, medium);
      holder.send("SIGCONT");
      holder.tell("release");
      assert.equal(await holder.hears(), "released");
      assert.equal(await leases.take("key"), undefined, medium);
      await lease.release();
      await (await leases.take("key"))?.release();
      await storage[Symbol.asyncDispose]();
    }),
);

test(
  "Leases taken by eight processes at once go to one each",
  options,
  () =>
    forEveryMedium(async (medium, place, started) => {
      const helpers = Array.from({ length: 8 }, (_, at) => new Helper(at, "race", medium, place));
      started.push(...helpers);
      for (const helper of helpers) assert.equal(await helper.hears(), "ready");
      for (const helper of helpers) helper.tell("go");
      const given: string[] = [];
      for (const helper of helpers) given.push(...JSON.parse(await helper.hears()));
      assert.deepEqual(given.sort(), Array.from({ length: 50 }, (_, at) => `key-${at}`).sort(), medium);
    }),
);

test(
  "Leases that are held do not keep their process alive",
  options,
  () =>
    forEveryMedium((medium, place) => {
      const [program = "", ...rest] = runtimeCommand;
      const { status, stdout } = spawnSync(program, [...rest, script, "end", medium, place], {
        encoding: "utf8",
        timeout: 20_000,
      });
      assert.deepEqual({ status, stdout }, { status: 0, stdout: "held\n" });
      return Promise.resolve();
    }),
);
