import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runtimeCommand } from "../../_runtime.ts";

const script = fileURLToPath(new URL("./scripts/large_records.ts", import.meta.url));

interface Measured {
  readonly size: number;
  readonly risenMib: number;
  readonly searchedMib: number;
}

function measure(kind: "encode" | "decode" | "hold"): Measured {
  const [program = "", ...args] = runtimeCommand;
  const { status, stdout, stderr } = spawnSync(program, [...args, script, kind], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const measured: Measured = JSON.parse(stdout);
  assert.ok(measured.size > 180e6, `${measured.size} bytes`);
  return measured;
}

// Bodies that were held would be 180 MiB more, and half as much again or twice that while they grew.

test(
  "cborCodec writes 200 MB of records in little more than its set of objects",
  { timeout: 120_000 },
  () => {
    const { risenMib, searchedMib } = measure("encode");
    assert.ok(searchedMib < 256, `${searchedMib} MiB for 1.3 million objects`);
    assert.ok(risenMib - searchedMib < 160, `${risenMib} MiB, ${searchedMib} of them for the set`);
  },
);

test("cborCodec reads 200 MB of records in little more than they take", { timeout: 120_000 }, () => {
  const [decoded, held] = [measure("decode"), measure("hold")];
  const more = decoded.risenMib - held.risenMib;
  assert.ok(more < 128, `${decoded.risenMib} MiB against ${held.risenMib} MiB`);
});
