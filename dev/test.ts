/**
 * `deno task test`: the suite under Deno and under Bun, and every documentation example; the last line sums them up.
 * An argument (`deno`, `bun`, `doc`) picks one of the three.
 */

import { findBun } from "./find_bun.ts";

interface Tally {
  passed: number;
  failed: number;
}

const root = new URL("../", import.meta.url);
const wanted = Deno.args.filter((arg) => ["deno", "bun", "doc"].includes(arg));
const selected = wanted.length > 0 ? wanted : ["deno", "bun", "doc"];

/** Runs a command, shows what it prints, and gives back its exit code and its text. */
async function run(
  command: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; text: string }> {
  const [program = "", ...args] = command;
  const child = new Deno.Command(program, {
    args,
    cwd: root,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  })
    .spawn();
  let text = "";
  const show = async (
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    out: typeof Deno.stdout | typeof Deno.stderr,
  ) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true });
      for (let done = 0; done < chunk.length;) done += await out.write(chunk.subarray(done));
    }
  };
  const [status] = await Promise.all([
    child.status,
    show(child.stdout, Deno.stdout),
    show(child.stderr, Deno.stderr),
  ]);
  return { code: status.code, text };
}

/** A run that failed without a failing test (a crash, a type error) counts as one failure. */
function tally(code: number, passed: number, failed: number): Tally {
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed };
}

function denoTally({ code, text }: { code: number; text: string }): Tally {
  const line = /(\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed/.exec(text);
  if (line === null) return tally(code === 0 ? 1 : code, 0, 0);
  return tally(code, Number(line[1]), Number(line[2]));
}

function bunTally({ code, text }: { code: number; text: string }): Tally {
  const passed = /^\s*(\d+) pass$/m.exec(text);
  const failed = /^\s*(\d+) fail$/m.exec(text);
  if (passed === null) return tally(code === 0 ? 1 : code, 0, 0);
  return tally(code, Number(passed[1]), Number(failed?.[1] ?? 0));
}

const install = await run([Deno.execPath(), "install", "--quiet"]);
if (install.code !== 0) Deno.exit(install.code);

const bun = (await findBun())?.path;
if (bun === undefined) {
  throw new Error(
    "Cannot find Bun 1.4 or later: neither `bun` nor `npx -y bun@1.4.5` runs; install Bun, or Node with npm",
  );
}
const tallies: Tally[] = [];
const both = { FLECHE_TEST_DENO: Deno.execPath(), FLECHE_TEST_BUN: bun };
if (selected.includes("deno")) {
  console.log("\n== the suite under Deno");
  tallies.push(
    denoTally(
      await run([Deno.execPath(), "test", "-A", "--no-check", "--quiet", "--parallel", "tests/"], {
        DENO_JOBS: "2",
        ...both,
      }),
    ),
  );
}
if (selected.includes("bun")) {
  console.log("\n== the suite under Bun");
  tallies.push(bunTally(await run([bun, "test", "--parallel=2", "./tests/"], both)));
}
if (selected.includes("doc")) {
  console.log("\n== the examples of the documentation, under Deno");
  tallies.push(
    denoTally(await run([Deno.execPath(), "test", "-A", "--doc", "--quiet", "mod.ts", "src/", "README.md"])),
  );
}

const passed = tallies.reduce((sum, each) => sum + each.passed, 0);
const failed = tallies.reduce((sum, each) => sum + each.failed, 0);
console.log(`\n${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
