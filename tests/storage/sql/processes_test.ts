import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Sql } from "../../../src/storage/sql.ts";
import { otherRuntimeCommand, runtimeCommand } from "../../_runtime.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { isWhole } from "./_body.ts";
import { query } from "./_databases.ts";

const scriptOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const worker = scriptOf("./_worker.ts");
const draftWorker = scriptOf("./_draft_worker.ts");
const runtimes = otherRuntimeCommand === undefined ? [runtimeCommand] : [runtimeCommand, otherRuntimeCommand];

function start(at: number, script: string, ...args: string[]): ChildProcess {
  const [program = "", ...rest] = runtimes[at % runtimes.length] ?? [];
  return spawn(program, [...rest, script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
}

async function linesOf(child: ChildProcess, onLine: (count: number) => void = () => {}): Promise<string[]> {
  const lines: string[] = [];
  if (child.stdout === null) return lines;
  const ended = new Promise((resolve) => child.once("close", resolve));
  for await (const line of createInterface({ input: child.stdout })) onLine(lines.push(line));
  await ended;
  return lines;
}

const putsIn = (lines: readonly string[]) =>
  lines.filter((line) => line.startsWith("put ")).map((line) => line.slice("put ".length));

/** Opens the database as a next process would; every visible entry must be whole, and every acknowledged one there. */
async function assertWhole(
  path: string,
  acknowledged: readonly string[],
  role: "calls" | "values" = "calls",
): Promise<void> {
  const storage = new Sql({ url: path, role });
  const keys = new Set(await Array.fromAsync(storage.keys()));
  for (const key of keys) {
    const body = await storage.get(key);
    assert.ok(body !== undefined && isWhole(await body.bytes()), `entry ${key} is not whole`);
  }
  for (const key of acknowledged) assert.ok(keys.has(key), `entry ${key} is lost`);
  await storage[Symbol.asyncDispose]();
  assert.deepEqual(await query(path, "PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
  assert.deepEqual(await query(path, "PRAGMA foreign_key_check"), []);
}

test("Sql works for six processes at once, from an absent file on", { timeout: 120_000 }, async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "shared.db");
    const outputs = await Promise.all(
      Array.from(
        { length: 6 },
        (_, at) => linesOf(start(at, worker, path, String(at + 1), "250")),
      ),
    );
    for (const lines of outputs) {
      assert.deepEqual(JSON.parse(lines.at(-1) ?? "null"), { done: 250, torn: 0, errors: [] });
    }
    await assertWhole(path, outputs.flatMap(putsIn));
  });
});

test("Sql keeps what was put when its process is killed at any point", { timeout: 120_000 }, async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "killed.db");
    const acknowledged: string[] = [];
    for (const [turn, after] of [1, 2, 7, 20].entries()) {
      const child = start(turn, worker, path, String(turn + 1), "1000000");
      const lines = await linesOf(child, (count) => count === after && child.kill("SIGKILL"));
      assert.equal(child.signalCode, "SIGKILL");
      acknowledged.push(...putsIn(lines));
      assert.ok(acknowledged.length >= after);
      await assertWhole(path, acknowledged);
    }
  });
});

test("Sql takes drafts of six processes at once", { timeout: 120_000 }, async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "drafts.db");
    const outputs = await Promise.all(
      Array.from({ length: 6 }, (_, at) => linesOf(start(at, draftWorker, path, String(at + 1), "30"))),
    );
    for (const lines of outputs) {
      const { finished, abandoned, ...bad } = JSON.parse(lines.at(-1) ?? "null");
      assert.deepEqual(bad, { wrong: 0, errors: [] });
      assert.equal(finished + abandoned, 30);
      assert.ok(finished > 0 && abandoned > 0);
    }
    await assertWhole(path, outputs.flatMap(putsIn), "values");
    const strays = "SELECT count(*) AS n FROM chunks WHERE body NOT IN (SELECT id FROM bodies)";
    assert.deepEqual(await query(path, strays), [{ n: 0 }]);
  });
});

test(
  "Sql keeps finished drafts when their process is killed at any point",
  { timeout: 120_000 },
  async () => {
    await withTemporaryDirectory(async (directory) => {
      const path = join(directory, "killed.db");
      const acknowledged: string[] = [];
      for (const [turn, after] of [1, 3, 8].entries()) {
        const child = start(turn, draftWorker, path, String(turn + 1), "1000000");
        const lines = await linesOf(child, (count) => count === after && child.kill("SIGKILL"));
        assert.equal(child.signalCode, "SIGKILL");
        acknowledged.push(...putsIn(lines));
        assert.ok(acknowledged.length >= after);
        await assertWhole(path, acknowledged, "values");
      }
    });
  },
);

for (const at of runtimes.keys()) {
  test(`Sql lets a process end that left a draft unfinished (${at})`, { timeout: 60_000 }, async () => {
    await withTemporaryDirectory(async (directory) => {
      const path = join(directory, "left.db");
      assert.deepEqual(await linesOf(start(at, draftWorker, path, "unfinished")), ["left behind"]);
      const storage = new Sql({ url: path, role: "values" });
      assert.deepEqual(await Array.fromAsync(storage.keys()), []);
      await storage[Symbol.asyncDispose]();
      assert.deepEqual(await query(path, "SELECT released > 0 AS staged FROM bodies"), [{ staged: 1 }]);
    });
  });
}
